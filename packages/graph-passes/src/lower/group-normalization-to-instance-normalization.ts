import { float, float32Data, numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";
import { scaleAndBias } from "./scale-and-bias.js";

const groupNormalization: RewriteRule = {
  name: "GroupNormalization",
  pattern: { op: "GroupNormalization", inputs: ["x", "scale", "bias"] },
  replace(context) {
    const { emit, value, attributes } = context;
    const x = value("x");
    const [batch = 1, channels = 1, ...positions] = x.shape;
    const groups = numberAttribute(attributes, "num_groups", 0);
    if (groups < 1 || channels % groups !== 0) return undefined;
    const perGroup = (number: number) =>
      emit.initializer("group", float32Data(Array(groups).fill(number), [groups]));
    const area = positions.reduce((product, size) => product * size, 1);
    const grouped = emit.op("Reshape", [x, emit.ints([batch, groups, (channels / groups) * area])]);
    const normalized = emit.op("InstanceNormalization", [grouped, perGroup(1), perGroup(0)], {
      epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)),
    });
    return [scaleAndBias(context, normalized)];
  },
};

/**
 * GroupNormalization as InstanceNormalization over [batch, groups, channels per group * positions], then a scale and a
 * bias for each channel: ONNX Runtime's WebGPU provider takes no scale of more than one axis in LayerNormalization.
 */
export const groupNormalizationToInstanceNormalization = rewrite(
  "groupNormalizationToInstanceNormalization",
  [groupNormalization],
);
