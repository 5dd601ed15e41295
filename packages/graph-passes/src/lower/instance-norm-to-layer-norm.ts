import { defineRule, float, int, numberAttribute, type Pass, rewrite } from "@sunstep/onnx-graph";
import { lowerGroupNormToLayerNorm } from "./group-norm-to-layer-norm.js";

const instanceNorm = defineRule({
  name: "InstanceNormalization",
  pattern: { op: "InstanceNormalization", inputs: ["x", "scale", "bias"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const [batch = 1, channels = 1, ...positions] = x.shape;
    const area = positions.reduce((product, size) => product * size, 1);
    const perChannel = (parameter: typeof x) => emit.op("Reshape", [parameter, emit.ints([channels, 1])]);
    const normalized = emit.op(
      "LayerNormalization",
      [
        emit.op("Reshape", [x, emit.ints([batch, channels, area])]),
        perChannel(value("scale")),
        perChannel(value("bias")),
      ],
      { axis: int(2), epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)) },
    );
    return [emit.op("Reshape", [normalized, emit.ints(x.shape)])];
  },
});

/** Writes InstanceNormalization as LayerNormalization over [batch, channels, positions], one scale for each channel. */
const lowerInstanceNormToLayerNorm = rewrite("lowerInstanceNormToLayerNorm", [instanceNorm]);

/** Writes every normalization as LayerNormalization, the one that has a gradient rule. */
export const lowerNormsToLayerNorm: readonly Pass[] = [
  lowerGroupNormToLayerNorm,
  lowerInstanceNormToLayerNorm,
];
