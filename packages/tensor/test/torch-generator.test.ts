import { fixture, referenceCases } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TorchGenerator } from "../src/index.js";
import { kind } from "./torch-draws.js";

describe("TorchGenerator", () => {
  it.each(referenceCases(kind.kind))("makes the draws of torch.Generator('cpu'): $id", (entry) =>
    kind.check(entry, fixture()),
  );

  it("follows MT19937's published first and 10000th output for seed 5489", () => {
    // ISO/IEC 14882 [rand.predef]: the 10000th invocation of std::mt19937 is 4123659995.
    const uniform = new TorchGenerator(5489).randint(0, 2 ** 28 - 1, 10000);
    expect(uniform[0]).toBe(3499211612n % (2n ** 28n - 1n));
    expect(uniform[9999]).toBe(4123659995n % (2n ** 28n - 1n));
  });

  it("takes only the low 32 bits of a seed, in two's complement", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (seed) => {
        expect(new TorchGenerator(seed).rand(3)).toEqual(
          new TorchGenerator(BigInt.asUintN(32, seed)).rand(3),
        );
      }),
    );
    expect(new TorchGenerator(-1).rand(3)).toEqual(new TorchGenerator(2 ** 32 - 1).rand(3));
  });

  it.each([2n ** 64n, -(2n ** 63n) - 1n, 1.5, Number.NaN, 2 ** 60])("refuses seed %s", (seed) => {
    expect(() => new TorchGenerator(seed)).toThrow(expect.objectContaining({ code: "GENERATOR_SEED" }));
  });

  it.each([-1, 0.5, Number.NaN])("refuses to draw %s numbers", (count) => {
    const refused = expect.objectContaining({ code: "GENERATOR_RANGE" });
    expect(() => new TorchGenerator(0).randn(count)).toThrow(refused);
    expect(() => new TorchGenerator(0).randint(0, 5, count)).toThrow(refused);
  });

  it("refuses an empty range", () => {
    expect(() => new TorchGenerator(0).randint(3, 3, 1)).toThrow(
      expect.objectContaining({ code: "GENERATOR_RANGE" }),
    );
  });

  it("randperm is a permutation", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 200 }), (seed, n) => {
        const sorted = [...new TorchGenerator(seed).randperm(n)].sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it("randint stays in its range, also for negative and wide ones", () => {
    const bound = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    fc.assert(
      fc.property(fc.nat(), bound, fc.integer({ min: 1, max: 2 ** 50 }), (seed, low, width) => {
        for (const value of new TorchGenerator(seed).randint(low, low + width, 20)) {
          expect(value >= BigInt(low) && value < BigInt(low + width)).toBe(true);
        }
      }),
    );
  });
});
