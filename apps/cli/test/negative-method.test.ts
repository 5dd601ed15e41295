import { expect, it } from "vitest";
import { readNegativeMethod } from "../src/options/negative-method.js";

it("reads names, and methods with parameters", () => {
  expect(readNegativeMethod("auto")).toBe("auto");
  expect(readNegativeMethod("nag:scale=3,alpha=.5,sigma-end=4")).toEqual({
    method: "nag",
    scale: 3,
    alpha: 0.5,
    sigmaEnd: 4,
  });
  expect(readNegativeMethod("vsf:offset=-0.2")).toEqual({ method: "vsf", offset: -0.2 });
});

it.each(["nag:", "nag:scale", "nag:scale=", "nag:scale=much", ":scale=3", "nag:scale=3,"])(
  "refuses %s",
  (text) => {
    expect(() => readNegativeMethod(text)).toThrowError(
      expect.objectContaining({ code: "USAGE", message: expect.stringContaining("negative-method") }),
    );
  },
);
