import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFloat16, encodeFloat16 } from "../src/index.js";

const encode = (value: number) => encodeFloat16(Float32Array.of(value))[0]!;
const decode = (bits: number) => decodeFloat16(Uint16Array.of(bits))[0]!;

// Bits as IEEE 754-2019 §3.4 defines them for binary16.
const exact: [name: string, value: number, bits: number][] = [
  ["zero", 0, 0x0000],
  ["minus zero", -0, 0x8000],
  ["one", 1, 0x3c00],
  ["minus two", -2, 0xc000],
  ["a third, rounded", decode(0x3555), 0x3555],
  ["largest", 65504, 0x7bff],
  ["smallest normal", 2 ** -14, 0x0400],
  ["largest subnormal", 2 ** -14 - 2 ** -24, 0x03ff],
  ["smallest subnormal", 2 ** -24, 0x0001],
  ["infinity", Number.POSITIVE_INFINITY, 0x7c00],
  ["minus infinity", Number.NEGATIVE_INFINITY, 0xfc00],
];

const rounded: [value: number, bits: number, why: string][] = [
  [65519.996, 0x7bff, "just below the middle of 65504 and 65536"],
  [65520, 0x7c00, "the middle goes to even, which is infinity"],
  [1e30, 0x7c00, "beyond the range"],
  [-1e30, 0xfc00, "beyond the range"],
  [1 + 2 ** -11, 0x3c00, "tie, down to even"],
  [1 + 3 * 2 ** -11, 0x3c02, "tie, up to even"],
  [1 + 2 ** -11 + 2 ** -23, 0x3c01, "just above a tie"],
  [2 - 2 ** -12, 0x4000, "carries into the exponent"],
  [2 ** -25, 0x0000, "tie between 0 and the smallest subnormal"],
  [2 ** -25 + 2 ** -48, 0x0001, "just above that tie"],
  [3 * 2 ** -25, 0x0002, "subnormal tie, up to even"],
  [5 * 2 ** -25, 0x0002, "subnormal tie, down to even"],
  [2 ** -14 - 2 ** -25, 0x0400, "rounds up into the normal range"],
  [2 ** -149, 0x0000, "float32's smallest subnormal"],
  [-(2 ** -26), 0x8000, "keeps the sign of zero"],
];

describe("float16", () => {
  it.each(exact)("holds %s exactly", (_, value, bits) => {
    expect(encode(value)).toBe(bits);
    expect(Object.is(decode(bits), value)).toBe(true);
  });

  it.each(rounded)("rounds %d to %d: %s", (value, bits) => {
    expect(encode(value)).toBe(bits);
  });

  it("keeps NaN a NaN, whatever its payload", () => {
    const payloads = new Float32Array(Uint32Array.of(0x7fc00000, 0x7f800001, 0xffffffff).buffer);
    for (const bits of encodeFloat16(payloads)) expect(decode(bits)).toBeNaN();
  });

  it("survives the round trip for all 65536 values", () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const back = encodeFloat16(decodeFloat16(all));
    for (const bits of all) {
      const isSignalling = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0 && (bits & 0x200) === 0;
      expect(back[bits]).toBe(isSignalling ? bits | 0x200 : bits);
    }
  });

  it("rounds to the nearest, and on a tie to the even one", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
        const bits = encode(value);
        const distance = Math.abs(decode(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          if ((neighbour & 0x7fff) > 0x7c00 || neighbour < 0) continue;
          const other = Math.abs(decode(neighbour) - value);
          expect(distance < other || (distance === other && bits % 2 === 0)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("reads and writes views that start inside a buffer", () => {
    const buffer = new Float32Array([9, 1, 2, 9]);
    expect([...encodeFloat16(buffer.subarray(1, 3))]).toEqual([0x3c00, 0x4000]);
    expect([...decodeFloat16(Uint16Array.of(0, 0x3c00, 0x4000).subarray(1))]).toEqual([1, 2]);
  });
});
