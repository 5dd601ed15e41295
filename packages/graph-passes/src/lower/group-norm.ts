// The parts that both lowerings of GroupNormalization share.
import { type MatchContext, numberAttribute, type RewriteContext, type Value } from "@sunstep/onnx-graph";

export const groupNormPattern = { op: "GroupNormalization", inputs: ["x", "scale", "bias"] } as const;

export function groupsDivideChannels({ value, attributes }: MatchContext): true | string {
  const [, channels = 0] = value("x").shape;
  const groups = numberAttribute(attributes, "num_groups", 0);
  if (groups < 1 || channels % groups !== 0) return `${channels} channels are not in ${groups} groups`;
  return value("scale").shape.join() === String(channels) || "scale and bias are not one for each channel";
}

/** [batch, groups, channels per group * positions] */
export function groupedShape({ value, attributes }: MatchContext): readonly [number, number, number] {
  const [batch = 1, channels = 1, ...positions] = value("x").shape;
  const groups = numberAttribute(attributes, "num_groups", 1);
  const area = positions.reduce((product, size) => product * size, 1);
  return [batch, groups, (channels / groups) * area];
}

/** Brings normalized groups back to the shape of x and applies a scale and a bias for each channel. */
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
