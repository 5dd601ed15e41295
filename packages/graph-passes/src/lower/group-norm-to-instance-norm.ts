import { defineRule, float, float32Data, numberAttribute, rewrite } from "@sunstep/onnx-graph";
import { groupedShape, groupNormPattern, groupsDivideChannels, scaleAndBias } from "./group-norm.js";

const groupNorm = defineRule({
  name: "GroupNormalization",
  pattern: groupNormPattern,
  check: groupsDivideChannels,
  replace(context) {
    const { emit, value, attributes } = context;
    const shape = groupedShape(context);
    const [, groups] = shape;
    const perGroup = (number: number) =>
      emit.initializer("group", float32Data(Array(groups).fill(number), [groups]));
    const grouped = emit.op("Reshape", [value("x"), emit.ints(shape)]);
    const normalized = emit.op("InstanceNormalization", [grouped, perGroup(1), perGroup(0)], {
      epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)),
    });
    return [scaleAndBias(context, normalized)];
  },
});

/**
 * Writes GroupNormalization as InstanceNormalization over [batch, groups, channels per group * positions] and a scale and
 * a bias for each channel: LayerNormalization of ONNX Runtime's WebGPU provider takes no scale of more than one axis.
 */
export const lowerGroupNormToInstanceNorm = rewrite("lowerGroupNormToInstanceNorm", [groupNorm]);
