import { elementCount } from "@sunstep/tensor";

/** The number of elements that a step along each axis moves by, in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Calls `visit` with the index of each element along each axis, in row-major order, and collects the results. */
export function mapIndices<T>(shape: readonly number[], visit: (index: readonly number[]) => T): T[] {
  const index = new Array<number>(shape.length).fill(0);
  return Array.from({ length: elementCount(shape) }, () => {
    const result = visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
    return result;
  });
}

/** The place of an element in a constant that numpy's broadcasting repeats along axes of size 1. */
export function broadcastOffset(index: readonly number[], shape: readonly number[]): number {
  const strides = stridesOf(shape);
  const skipped = index.length - shape.length;
  return shape.reduce(
    (offset, size, axis) => offset + (size === 1 ? 0 : index[skipped + axis]! * strides[axis]!),
    0,
  );
}
