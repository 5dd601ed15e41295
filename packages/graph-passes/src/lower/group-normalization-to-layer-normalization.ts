import { float, int, numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";

const groupNormalization: RewriteRule = {
  name: "GroupNormalization",
  pattern: { op: "GroupNormalization", inputs: ["x", "scale", "bias"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const [batch = 1, channels = 1, ...positions] = x.shape;
    const groups = numberAttribute(attributes, "num_groups", 0);
    if (groups < 1 || channels % groups !== 0) return undefined;
    const perGroup = emit.ints([groups, channels / groups, 1]);
    const area = positions.reduce((product, size) => product * size, 1);
    const grouped = emit.op("Reshape", [x, emit.ints([batch, groups, channels / groups, area])]);
    const normalized = emit.op(
      "LayerNormalization",
      [
        grouped,
        emit.op("Reshape", [value("scale"), perGroup], {}, { name: "scale" }),
        emit.op("Reshape", [value("bias"), perGroup], {}, { name: "bias" }),
      ],
      { axis: int(2), epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)) },
    );
    return [emit.op("Reshape", [normalized, emit.ints(x.shape)])];
  },
};

/**
 * GroupNormalization as LayerNormalization over [batch, groups, channels per group * positions] with one scale and one
 * bias per channel. ONNX Runtime's CPU provider has no kernel for the former (it runs its function body, operator by
 * operator) and computes InstanceNormalization, the usual detour, on one thread.
 */
export const groupNormalizationToLayerNormalization = rewrite("groupNormalizationToLayerNormalization", [
  groupNormalization,
]);
