import type { RewriteContext, Value } from "@sunstep/onnx-graph";

/** What is left of GroupNormalization once groups are normalised: the shape of x again, a scale and a bias by channel. */
export function scaleAndBias({ emit, value }: RewriteContext, normalized: Value): Value {
  const { shape } = value("x");
  const [, channels = 1, ...positions] = shape;
  const perChannel = emit.ints([channels, ...positions.map(() => 1)]);
  const scaled = emit.op("Mul", [
    emit.op("Reshape", [normalized, emit.ints(shape)]),
    emit.op("Reshape", [value("scale"), perChannel], {}, { name: "scale" }),
  ]);
  return emit.op("Add", [scaled, emit.op("Reshape", [value("bias"), perChannel], {}, { name: "bias" })]);
}
