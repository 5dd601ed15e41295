import { expect } from "vitest";
import { type AllcloseOptions, allclose } from "./allclose.js";

type Numbers = ArrayLike<number> | ArrayLike<bigint>;

expect.extend({
  toBeAllclose(actual: Numbers, expected: Numbers, options: AllcloseOptions) {
    const { pass, message } = allclose(actual, expected, options);
    return { pass, message: () => message };
  },
});

declare module "vitest" {
  // The type parameters must be those of vitest's own declaration.
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so
  interface Matchers<T = any> {
    /** Asserts that every element is within the tolerance of `numpy.allclose`. */
    toBeAllclose(expected: Numbers, options: AllcloseOptions): T;
  }
}
