import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import type { Acceleration, GenerateOptions, NegativeMethod } from "../src/index.js";
import { classifierFreeGuidance, noGuidance } from "../src/index.js";
import { chooseNegative } from "../src/negative/choose-negative.js";

const method: NegativeMethod = {
  name: "away",
  adapter: { key: "away", passes: () => [] },
  inputs: () => ({}),
};
const reading: Acceleration = {
  name: "few",
  readsNegative: true,
  defaults: { steps: 4, guidanceScale: 0, scheduler: (config) => config },
};
const choose = (options: GenerateOptions, readers: Partial<Parameters<typeof chooseNegative>[1]> = {}) =>
  chooseNegative(options, {
    guidance: noGuidance,
    acceleration: undefined,
    negativePrompts: ["red"],
    ...readers,
  });
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "PIPELINE_NEGATIVE", message: expect.stringMatching(message) });

describe("chooseNegative", () => {
  it("uses a method that was asked for, with guidance and with an empty negative prompt too", () => {
    const use = { method, readsEmpty: true };
    expect(choose({ negative: method })).toEqual(use);
    expect(choose({ negative: method }, { guidance: classifierFreeGuidance, negativePrompts: [""] })).toEqual(
      use,
    );
  });

  it("falls back to a method where nothing else reads a negative prompt", () => {
    const options = { negativeFallback: method };
    expect(choose(options)).toEqual({ method, readsEmpty: false });
    expect(choose(options, { negativePrompts: ["", ""] })).toBeUndefined();
    expect(choose(options, { negativePrompts: [""], negativePrompts2: ["red"] })).toBeDefined();
    expect(
      choose(
        { ...options, negativePromptEmbeds: tensor(new Float32Array(2), [1, 1, 2]) },
        { negativePrompts: [""] },
      ),
    ).toBeDefined();
    expect(choose(options, { guidance: classifierFreeGuidance })).toBeUndefined();
    expect(choose(options, { acceleration: reading })).toBeUndefined();
    expect(choose({ ...options, negative: "guidance" })).toBeUndefined();
  });

  it("refuses two readers, and a reader that is not there", () => {
    const readers = { acceleration: reading };
    expect(() => choose({ negative: method }, readers)).toThrow(
      refusal(/^negative away: few reads .* itself/),
    );
    expect(() => choose({ negative: "guidance" }, readers)).toThrow(refusal(/^negative guidance: few reads/));
    expect(() => choose({ negative: "acceleration" })).toThrow(refusal(/no acceleration is in use/));
    const { readsNegative: _, ...blind } = reading;
    expect(() => choose({ negative: "acceleration" }, { acceleration: blind })).toThrow(refusal(/few/));
    expect(choose({ negative: "acceleration" }, readers)).toBeUndefined();
  });
});
