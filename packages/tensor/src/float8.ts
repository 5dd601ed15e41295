// Floating-point numbers of 8 bits (Micikevicius et al. 2022, arXiv 2209.05433), held as Uint8Array: a sign, four or five
// bits of exponent, three or two of fraction.

/** e4m3fn has no infinity, and one NaN of each sign; e5m2 is float16 without its last eight bits. */
export type Float8Format = "e4m3fn" | "e5m2";

const layouts = {
  e4m3fn: { fractionBits: 3, bias: 7 },
  e5m2: { fractionBits: 2, bias: 15 },
} as const;

/** The values of all bytes, in their order: to decode by index. */
export function float8Values(format: Float8Format): readonly number[] {
  return Array.from({ length: 256 }, (_, byte) => valueOfByte(byte, format));
}

function valueOfByte(byte: number, format: Float8Format): number {
  const { fractionBits, bias } = layouts[format];
  const sign = byte & 0x80 ? -1 : 1;
  const bits = byte & 0x7f;
  if (format === "e4m3fn" && bits === 0x7f) return Number.NaN;
  if (format === "e5m2" && bits >= 0x7c) return bits === 0x7c ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const exponent = bits >> fractionBits;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  // An exponent of 0 marks subnormal numbers.
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}
