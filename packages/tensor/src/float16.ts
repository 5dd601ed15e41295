// IEEE 754 binary16 ("half"), held as Uint16Array, to and from binary32.

let decoded: Uint32Array | undefined;

/** float32 bits of every float16: 256 KB, one load per element instead of a dozen operations. */
function decodingTable(): Uint32Array {
  if (decoded) return decoded;
  const values = new Float32Array(0x10000);
  const bits = new Uint32Array(values.buffer);
  for (let half = 0; half < 0x8000; half++) {
    const exponent = half >> 10;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[half] = fraction * 2 ** -24;
    else if (exponent === 31) bits[half] = 0x7f800000 | (fraction << 13);
    else bits[half] = ((exponent + 112) << 23) | (fraction << 13);
    bits[half | 0x8000] = bits[half]! | 0x80000000;
  }
  decoded = bits;
  return bits;
}

/** float16 bits to float32; exact, NaN payloads kept. */
export function decodeFloat16(source: Uint16Array): Float32Array<ArrayBuffer> {
  const table = decodingTable();
  const values = new Float32Array(source.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i]!]!;
  return values;
}

/** float32 to float16 bits, rounded to nearest, ties to even; NaNs stay NaNs (made quiet, payload cut). */
export function encodeFloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = floatBitsToHalf(bits[i]!);
  return result;
}

function floatBitsToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 2^16 and above, infinity included
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // normal in float16 (>= 2^-14): rebias by 112 exponents; a carry out of the fraction is the right next number
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // at most half of the smallest subnormal 2^-24: zero (the tie goes to even, which is zero)
  if (magnitude <= 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const truncated = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (truncated + (rest > half || (rest === half && truncated & 1) ? 1 : 0));
}
