import { readParameters } from "sunstep";
import { expect, it } from "vitest";
import { negativeChoices, negativeOption, negativeText } from "../../src/state/negative-method.js";

it("reads methods with parameters and without, and nothing from other texts", () => {
  expect(negativeOption("nag")).toEqual({ negative: "nag" });
  expect(negativeOption("nag:scale=3,sigmaEnd=4")).toEqual({
    negative: { method: "nag", scale: 3, sigmaEnd: 4 },
  });
  expect(negativeOption("")).toEqual({});
  expect(negativeOption("nog")).toEqual({});
  expect(negativeOption("vsf:offset=much")).toEqual({});
});

it("writes the method of an image so that it is read again", () => {
  const text = "a cat\nSteps: 4, Seed: 1, Size: 64x64, Negative method: VSF, VSF scale: 2, VSF offset: -0.1";
  const written = negativeText(readParameters(text)!);
  expect(written).toBe("vsf:scale=2,offset=-0.1");
  expect(negativeOption(written)).toEqual({ negative: { method: "vsf", scale: 2, offset: -0.1 } });
  expect(negativeText(readParameters("a cat\nSteps: 4, Seed: 1, Size: 64x64")!)).toBe("");
  expect(negativeText(readParameters("a cat\nSteps: 4, Seed: 1, Size: 64x64, Negative method: none")!)).toBe(
    "guidance",
  );
});

it("adds a choice for parameters of its own", () => {
  expect(negativeChoices("nag")).toEqual(negativeChoices(""));
  expect(negativeChoices("nag:scale=3").at(-1)).toEqual({ value: "nag:scale=3", label: "nag:scale=3" });
});
