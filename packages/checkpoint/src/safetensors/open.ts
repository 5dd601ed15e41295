import { type ByteSource, placeOf } from "@sunstep/files";
import { checkpointError } from "../errors.js";
import type { WeightRef, Weights } from "../weights.js";
import { weightsOf } from "../weights.js";
import { DATA_TYPE_OF, FLOAT8_OF } from "./data-type.js";
import { readHeader, type TensorEntry } from "./header.js";
import { withScales } from "./quantized-tensors.js";

/** An opened safetensors file. Its header has been read and checked, its tensors have not been read. */
export interface SafetensorsFile {
  readonly source: ByteSource;
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of the header, without those that describe quantised ones. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** The tensors under the names they have in the file. */
  readonly weights: Weights;
}

/**
 * Reads the header of a safetensors file.
 * @throws SunstepError CHECKPOINT_NOT_SAFETENSORS, CHECKPOINT_TRUNCATED, CHECKPOINT_HEADER, CHECKPOINT_JSON,
 * CHECKPOINT_DATA_TYPE
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const { metadata, tensors: stored } = await readHeader(source);
  const tensors = await withScales(source, metadata, stored);
  const table = new Map<string, () => WeightRef>();
  for (const entry of tensors.values()) table.set(entry.name, () => weightRef(source, entry));
  return { source, metadata, tensors, weights: weightsOf(table, source.name) };
}

/** Returns a tensor of a file as a weight of the same name. */
export function weightRef(
  source: ByteSource,
  { name, dtype, shape, offset, length, scale }: TensorEntry,
): WeightRef {
  const float8 = FLOAT8_OF[dtype];
  const dataType = float8 ? "uint8" : DATA_TYPE_OF[dtype];
  if (!dataType) {
    throw checkpointError(
      "CHECKPOINT_DATA_TYPE",
      `${placeOf(source)}: tensor ${name} is stored as ${dtype}, which is not supported. Use the float16 or float32 file`,
      { file: placeOf(source), tensor: name, dtype },
    );
  }
  return {
    ...{ name, dtype: dataType, shape, source, offset, length },
    ...(float8 && { float8 }),
    ...(scale && { scale: weightRef(source, scale) }),
  };
}
