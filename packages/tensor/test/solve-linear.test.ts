import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solveLinear } from "../src/index.js";

const entry = fc.integer({ min: -9, max: 9 });

describe("solveLinear", () => {
  it("inverts the product of a matrix and a vector", () => {
    const systems = fc
      .integer({ min: 1, max: 5 })
      .chain((size) =>
        fc.record({
          matrix: fc.array(fc.array(entry, { minLength: size, maxLength: size }), {
            minLength: size,
            maxLength: size,
          }),
          x: fc.array(entry, { minLength: size, maxLength: size }),
        }),
      )
      // A dominant diagonal, so that the matrix is regular.
      .map(({ matrix, x }) => ({
        matrix: matrix.map((row, i) => row.map((value, k) => (i === k ? value + 60 : value))),
        x,
      }));
    fc.assert(
      fc.property(systems, ({ matrix, x }) => {
        const right = matrix.map((row) => row.reduce((sum, value, k) => sum + value * x[k]!, 0));
        expect(solveLinear(matrix, right)).toBeAllclose(x, { rtol: 1e-12, atol: 1e-12 });
      }),
    );
  });

  it("exchanges rows where the pivot is zero", () => {
    expect(
      solveLinear(
        [
          [0, 2],
          [3, 1],
        ],
        [4, 5],
      ),
    ).toEqual([1, 2]);
  });
});
