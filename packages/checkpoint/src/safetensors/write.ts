// Writes the format of https://github.com/huggingface/safetensors#format. Wide types come first, as in the official
// writer's files, and spaces pad the header, so that every tensor lies at a multiple of its element's size.

import { bytesPerElement, type DataType, type Tensor, tensor } from "@sunstep/tensor";
import { checkpointError } from "../errors.js";
import { DATA_TYPE_OF } from "./data-type.js";
import { LENGTH_BYTES, METADATA } from "./header.js";

const ALIGNMENT = 8;
const NAME_OF = Object.fromEntries(
  Object.entries(DATA_TYPE_OF).map(([name, dtype]) => [dtype, name]),
) as Record<DataType, string>;

/**
 * Returns a safetensors file of these tensors, under these names.
 * @throws SunstepError CHECKPOINT_HEADER for a tensor named `__metadata__`, TENSOR_SHAPE, TENSOR_DATA_TYPE
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).toSorted(
    ([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === METADATA) {
      throw checkpointError("CHECKPOINT_HEADER", `no tensor can be named ${METADATA}: give it another name`, {
        tensor: name,
      });
    }
    tensor(data, shape, dtype);
    const begin = end;
    end += data.byteLength;
    header.push([name, { dtype: NAME_OF[dtype], shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + json.byteLength, LENGTH_BYTES + headerLength);
  let at = LENGTH_BYTES + headerLength;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
