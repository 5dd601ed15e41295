// bfloat16: the upper half of a float32, held as Uint16Array.

/** bfloat16 bits to float32; exact. */
export function decodeBfloat16(source: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(source.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
  return values;
}

/** float32 to bfloat16 bits, rounded to nearest, ties to even; NaNs stay NaNs (made quiet, payload cut). */
export function encodeBfloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const word = bits[i]!;
    const notANumber = (word & 0x7fffffff) > 0x7f800000;
    result[i] = notANumber ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return result;
}
