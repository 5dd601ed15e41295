import { placeOf } from "@sunstep/files";
import { arrayClasses, elementCount, float8Values, type Tensor, toFloat32 } from "@sunstep/tensor";
import { checkpointError } from "./errors.js";
import type { WeightRef } from "./weights.js";

/**
 * Reads one weight into memory, in its canonical shape and its stored type, or in float32 where that is a code. For small
 * tensors: graphs point into the file.
 * @throws SunstepError CHECKPOINT_TRUNCATED
 */
export async function readWeight(weight: WeightRef): Promise<Tensor> {
  const { shape, transposed } = weight;
  const { dtype, data: stored } = await decoded(weight, await readStored(weight));
  if (!transposed) return { dtype, shape, data: stored };
  const [rows = 1, columns = 1] = shape;
  const data = new arrayClasses[dtype](elementCount(shape));
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      data[row * columns + column] = stored[column * rows + row]!;
  return { dtype, shape, data };
}

type Elements = Pick<Tensor, "dtype" | "data">;

async function readStored({ dtype, shape, source, offset, length, name }: WeightRef): Promise<Elements> {
  const bytes = await source.read(offset, length);
  if (bytes.byteLength !== length) {
    throw checkpointError("CHECKPOINT_TRUNCATED", `${placeOf(source)}: the file ends inside tensor ${name}`, {
      file: placeOf(source),
      tensor: name,
    });
  }
  // A copy: typed arrays need aligned bytes of their own.
  return { dtype, data: new arrayClasses[dtype](bytes.slice().buffer, 0, elementCount(shape)) };
}

async function decoded({ float8, scale, shape }: WeightRef, stored: Elements): Promise<Elements> {
  if (!float8 && !scale) return stored;
  const values = float8 && float8Values(float8);
  const numbers = Float32Array.from(stored.data as Uint8Array, (element) => values?.[element] ?? element);
  if (!scale) return { dtype: "float32", data: numbers };
  const factors = toFloat32(await readWeight(scale));
  const perFactor = elementCount(shape) / factors.length;
  return { dtype: "float32", data: numbers.map((number, i) => number * factors[Math.floor(i / perFactor)]!) };
}
