import { float, int, numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";
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
    const area = positions.reduce((product, size) => product * size, 1);
    const grouped = emit.ints([batch, groups, (channels / groups) * area]);
    const ones = emit.op(
      "Expand",
      [emit.floats([1]), emit.ints([(channels / groups) * area])],
      {},
      { name: "ones" },
    );
    const normalized = emit.op("LayerNormalization", [emit.op("Reshape", [x, grouped]), ones], {
      axis: int(2),
      epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)),
    });
    return [scaleAndBias(context, normalized)];
  },
};

/**
 * GroupNormalization as LayerNormalization over [batch, groups, channels per group * positions], then a scale and a bias
 * for each channel. ONNX Runtime's CPU provider has no kernel for the former (it runs its function body, operator by
 * operator) and computes InstanceNormalization, the usual detour, on one thread. A scale of fewer axes than the groups
 * have would save the last two operators, but it takes LayerNormalization's slow path, which costs more than they do.
 */
export const groupNormalizationToLayerNormalization = rewrite("groupNormalizationToLayerNormalization", [
  groupNormalization,
]);
