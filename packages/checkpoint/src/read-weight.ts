import { placeOf } from "@sunstep/files";
import { arrayClasses, elementCount, type Tensor } from "@sunstep/tensor";
import { checkpointError } from "./errors.js";
import type { WeightRef } from "./weights.js";

/**
 * Reads one weight into memory, in its stored type and canonical shape. For small tensors: graphs point into the file.
 * @throws SunstepError CHECKPOINT_TRUNCATED
 */
export async function readWeight(weight: WeightRef): Promise<Tensor> {
  const { dtype, shape, source, offset, length, name } = weight;
  const bytes = await source.read(offset, length);
  if (bytes.byteLength !== length) {
    throw checkpointError("CHECKPOINT_TRUNCATED", `${placeOf(source)}: the file ends inside tensor ${name}`, {
      file: placeOf(source),
      tensor: name,
    });
  }
  // A copy: typed arrays need aligned bytes of their own.
  const stored = new arrayClasses[dtype](bytes.slice().buffer, 0, elementCount(shape));
  if (!weight.transposed) return { dtype, shape, data: stored };
  const [rows = 1, columns = 1] = shape;
  const data = new arrayClasses[dtype](elementCount(shape));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      data[row * columns + column] = stored[column * rows + row]!;
  return { dtype, shape, data };
}
