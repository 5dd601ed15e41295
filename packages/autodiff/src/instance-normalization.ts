import { float, int, numberAttribute, type RewriteRule, rewrite } from "@sunstep/onnx-graph";

const instanceNormalization: RewriteRule = {
  name: "InstanceNormalization",
  pattern: { op: "InstanceNormalization", inputs: ["x", "scale", "bias"] },
  replace({ emit, value, attributes }) {
    const x = value("x");
    const [batch = 1, channels = 1, ...positions] = x.shape;
    const area = positions.reduce((product, size) => product * size, 1);
    const perChannel = (name: string) => emit.op("Reshape", [value(name), emit.ints([channels, 1])]);
    const normalized = emit.op(
      "LayerNormalization",
      [emit.op("Reshape", [x, emit.ints([batch, channels, area])]), perChannel("scale"), perChannel("bias")],
      { axis: int(2), epsilon: float(numberAttribute(attributes, "epsilon", 1e-5)) },
    );
    return [emit.op("Reshape", [normalized, emit.ints(x.shape)])];
  },
};

/** InstanceNormalization as LayerNormalization over [batch, channels, positions], one scale and bias per channel. */
export const instanceNormalizationToLayerNormalization = rewrite(
  "instanceNormalizationToLayerNormalization",
  [instanceNormalization],
);
