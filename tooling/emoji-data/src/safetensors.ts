/** A safetensors file of one tensor. */
export function safetensors(
  name: string,
  dtype: "F16" | "U8",
  shape: readonly number[],
  data: Uint8Array,
): Uint8Array {
  const header = JSON.stringify({ [name]: { dtype, shape, data_offsets: [0, data.byteLength] } });
  const padded = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, data]);
}
