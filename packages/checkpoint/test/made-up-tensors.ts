import { type Tensor, tensor, zeros } from "@sunstep/tensor";
import type { GoldenTensor } from "@sunstep/testing";

/** A safetensors file with this header, whatever it says. */
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

export function float32(shape: readonly number[], values?: ArrayLike<number>): Tensor<"float32"> {
  return values ? tensor(Float32Array.from(values), shape) : zeros(shape);
}

/** A tensor of a golden file, in float32. */
export function stored({ shape, data }: GoldenTensor): Tensor<"float32"> {
  return tensor(data as Float32Array, shape);
}
