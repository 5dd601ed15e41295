import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyTokenWeights } from "../src/index.js";

const mean = (values: Float32Array) => values.reduce((total, value) => total + value, 0) / values.length;

describe("applyTokenWeights", () => {
  it("multiplies each token's vector and restores the mean", () => {
    const hidden = Float32Array.of(1, 2, 3, 4);
    const restored = applyTokenWeights(hidden, [1, 2]);
    expect(restored).toBeAllclose(
      Float32Array.of(1, 2, 6, 8).map((value) => (value * 10) / 17),
      { rtol: 1e-6 },
    );
    expect([...hidden]).toEqual([1, 2, 3, 4]);
  });

  it("keeps the mean, whatever the weights", () => {
    const values = fc.array(fc.float({ min: Math.fround(0.1), max: 9, noNaN: true }), {
      minLength: 24,
      maxLength: 24,
    });
    const weights = fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(values, weights, (list, tokenWeights) => {
        const hidden = Float32Array.from(list);
        expect(mean(applyTokenWeights(hidden, tokenWeights))).toBeCloseTo(mean(hidden), 4);
      }),
    );
  });

  it("leaves hidden states alone where all weights are 1, and survives weights of 0", () => {
    const hidden = Float32Array.of(0.1, -0.2, 0.3, 0.4);
    expect(applyTokenWeights(hidden, [1, 1])).toEqual(hidden);
    expect([...applyTokenWeights(hidden, [0, 0])].every((value) => value === 0)).toBe(true);
  });

  it("refuses weights that do not fit", () => {
    for (const weights of [[1, 1, 1], []]) {
      expect(() => applyTokenWeights(new Float32Array(4), weights)).toThrow(
        expect.objectContaining({ code: "TOKEN_WEIGHTS_MISMATCH" }),
      );
    }
  });
});
