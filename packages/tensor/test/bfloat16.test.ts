import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBfloat16, encodeBfloat16 } from "../src/index.js";

const encode = (value: number) => encodeBfloat16(Float32Array.of(value))[0]!;
const decode = (bits: number) => decodeBfloat16(Uint16Array.of(bits))[0]!;

describe("bfloat16", () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3f80],
    [-2, 0xc000],
    [Number.POSITIVE_INFINITY, 0x7f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [1 + 2 ** -8 + 2 ** -23, 0x3f81],
    [3.4e38, 0x7f80],
  ])("encodes %d as %d", (value, bits) => {
    expect(encode(value)).toBe(bits);
  });

  it("keeps NaN a NaN", () => {
    const payloads = new Float32Array(Uint32Array.of(0x7fc00000, 0x7f800001, 0xffffffff).buffer);
    for (const bits of encodeBfloat16(payloads)) expect(decode(bits)).toBeNaN();
  });

  it("survives the round trip", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
        if (Number.isNaN(decode(bits))) expect(encode(decode(bits)) & 0x7f80).toBe(0x7f80);
        else expect(encode(decode(bits))).toBe(bits);
      }),
      { numRuns: 2000 },
    );
  });
});
