import { expect } from "vitest";
import { type AllcloseOptions, allclose } from "./allclose.js";

expect.extend({
  toBeAllclose(actual: ArrayLike<number>, expected: ArrayLike<number>, options: AllcloseOptions) {
    const { pass, message } = allclose(actual, expected, options);
    return { pass, message: () => message };
  },
});

declare module "vitest" {
  interface Matchers<T = unknown> {
    toBeAllclose(expected: ArrayLike<number> | ArrayLike<bigint>, options: AllcloseOptions): T;
  }
}
