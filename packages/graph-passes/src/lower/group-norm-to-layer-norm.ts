import { defineRule, float, int, numberAttribute, rewrite } from "@sunstep/onnx-graph";
import { groupedShape, groupNormPattern, groupsDivideChannels, scaleAndBias } from "./group-norm.js";

const groupNorm = defineRule({
  name: "GroupNormalization",
  pattern: groupNormPattern,
  check: groupsDivideChannels,
  replace(context) {
    const { emit, value, attributes } = context;
    const shape = groupedShape(context);
    const ones = emit.op("Expand", [emit.floats([1]), emit.ints([shape[2]])], {}, { name: "ones" });
    const grouped = emit.op("Reshape", [value("x"), emit.ints(shape)]);
    const normalized = emit.op("LayerNormalization", [grouped, ones], {
      axis: int(2),
      epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)),
    });
    return [scaleAndBias(context, normalized)];
  },
});

/**
 * Writes GroupNormalization as LayerNormalization over [batch, groups, channels per group * positions] and a scale and a
 * bias for each channel. ONNX Runtime's CPU provider has no kernel for the former (it runs its function body, operator by
 * operator) and computes InstanceNormalization, the usual detour, on one thread. A scale of fewer axes than the groups
 * have would save the last two operators, but puts LayerNormalization on its slow path, which costs more than they do.
 */
export const lowerGroupNormToLayerNorm = rewrite("lowerGroupNormToLayerNorm", [groupNorm]);
