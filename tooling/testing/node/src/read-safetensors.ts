import { readFileSync } from "node:fs";

/** A tensor of a reference file. float16 is widened to float32; int64 stays BigInt64Array. */
export interface GoldenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
}

const decoders: Record<string, (bytes: ArrayBuffer) => GoldenTensor["data"]> = {
  F64: (bytes) => new Float64Array(bytes),
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => Float32Array.from(new Uint16Array(bytes), halfToFloat),
  I64: (bytes) => new BigInt64Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  BOOL: (bytes) => new Uint8Array(bytes),
};

function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads a whole reference file. Deliberately independent of `@sunstep/checkpoint`, whose tests use it.
 */
export function readSafetensors(path: string): Map<string, GoldenTensor> {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, GoldenTensor>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [begin, end],
    },
  ] of Object.entries(header).filter(([name]) => name !== "__metadata__")) {
    const decode = decoders[dtype];
    if (!decode) throw new Error(`${path}: ${name} has dtype ${dtype}, which the test reader does not know`);
    const bytes = new Uint8Array(file.subarray(8 + headerLength + begin, 8 + headerLength + end)).buffer;
    tensors.set(name, { dtype, shape, data: decode(bytes) });
  }
  return tensors;
}
