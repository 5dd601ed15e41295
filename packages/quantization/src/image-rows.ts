// Images as matrices: a row for each position, a column for each channel.
import { elementCount, ints, type NodeEmitter, type Value } from "@sunstep/onnx-graph";

/** [batch, channels, height, width] -> [batch, positions, channels] */
export function toRows(emit: NodeEmitter, image: Value): Value {
  const [batch = 1, channels = 1, ...size] = image.shape;
  const planes = emit.op("Reshape", [image, emit.ints([batch, channels, elementCount(size)])]);
  return emit.op("Transpose", [planes], { perm: ints([0, 2, 1]) });
}

/** [batch, positions, channels] -> [batch, channels, height, width] */
export function fromRows(emit: NodeEmitter, rows: Value, size: readonly [number, number]): Value {
  const [batch = 1, , channels = 1] = rows.shape;
  const planes = emit.op("Transpose", [rows], { perm: ints([0, 2, 1]) });
  return emit.op("Reshape", [planes, emit.ints([batch, channels, ...size])]);
}

/** Kernel [outputs, inputs, height, width] -> [height * width * inputs, outputs] */
export function kernelMatrix(emit: NodeEmitter, kernel: Value): Value {
  const [outputs = 1, ...rest] = kernel.shape;
  const lastOutputs = emit.op("Transpose", [kernel], { perm: ints([2, 3, 1, 0]) });
  return emit.op("Reshape", [lastOutputs, emit.ints([elementCount(rest), outputs])]);
}
