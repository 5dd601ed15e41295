import { elementCount, type NodeEmitter, type Value } from "@sunstep/onnx-graph";
import type { ConvGeometry } from "./conv-geometry.js";

/**
 * Emits the positions of the image that each position of a convolution's result reads, [output positions, taps], int32. A
 * position is row * width + column; height * width stands for the padding. ONNX Runtime computes the table at load, from
 * one part for each axis.
 */
export function emitTapTable(emit: NodeEmitter, geometry: ConvGeometry): Value {
  const [height, width] = geometry.inputSize;
  const [rows, columns] = geometry.outputSize;
  const [rowTaps, columnTaps] = geometry.kernel;
  const padding = height * width;
  const table = (numbers: Int32Array, shape: readonly number[]) =>
    emit.initializer("taps", {
      dtype: "int32",
      shape,
      data: { kind: "inline", bytes: new Uint8Array(numbers.buffer) },
    });
  const vertical = table(axisTaps(geometry, 0, width, padding), [rows, 1, rowTaps, 1]);
  const horizontal = table(axisTaps(geometry, 1, 1, padding), [1, columns, 1, columnTaps]);
  const sums = emit.op("Add", [vertical, horizontal]);
  const positions = emit.op("Min", [sums, table(Int32Array.of(padding), [])]);
  return emit.op("Reshape", [positions, emit.ints([rows * columns, elementCount(geometry.kernel)])]);
}

/** Taps along one axis, [output positions, taps]: multiples of `step`, or `outside` in the padding. */
function axisTaps(geometry: ConvGeometry, axis: 0 | 1, step: number, outside: number): Int32Array {
  const taps = geometry.kernel[axis];
  return Int32Array.from({ length: geometry.outputSize[axis] * taps }, (_, i) => {
    const [position, tap] = [Math.floor(i / taps), i % taps];
    const at = position * geometry.strides[axis] + tap * geometry.dilations[axis] - geometry.padding[axis];
    return at < 0 || at >= geometry.inputSize[axis] ? outside : at * step;
  });
}
