// Encodes tensors as text, to pass them between a test and a page.
import { arrayClasses, type DataType, type Tensor } from "@sunstep/tensor";

export type EncodedTensors = Record<string, { dtype: DataType; shape: readonly number[]; bytes: string }>;

export function encodeBytes(bytes: Uint8Array): string {
  const chunks: string[] = [];
  // The number of arguments of a call is limited.
  for (let at = 0; at < bytes.length; at += 32_768)
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 32_768)));
  return btoa(chunks.join(""));
}

export const decodeBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): EncodedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const bytes = encodeBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return [name, { dtype, shape, bytes }];
    }),
  );
}

export function decodeTensors(tensors: EncodedTensors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape, data: new arrayClasses[dtype](decodeBytes(bytes).buffer) },
    ]),
  );
}
