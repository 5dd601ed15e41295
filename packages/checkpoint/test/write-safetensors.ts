import { encodeFloat16 } from "@sunstep/tensor";
import type { GoldenTensor } from "@sunstep/testing";

export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A safetensors file of these tensors. */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
  }
  return rawSafetensors(
    JSON.stringify(header),
    Object.values(tensors).map(({ bytes }) => bytes),
  );
}

/** A file with this header, whatever it says. */
export function rawSafetensors(header: string, data: readonly Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  const parts = [length, text, ...data];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}

export function float32(shape: readonly number[], values?: ArrayLike<number>): StoredTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const array = values ? Float32Array.from(values) : new Float32Array(count);
  return { dtype: "F32", shape, bytes: new Uint8Array(array.buffer) };
}

export function float16(shape: readonly number[], values: Float32Array): StoredTensor {
  return { dtype: "F16", shape, bytes: new Uint8Array(encodeFloat16(values).buffer) };
}

/** A tensor of a golden file, stored in float32. */
export function stored({ shape, data }: GoldenTensor): StoredTensor {
  return float32(shape, data as Float32Array);
}
