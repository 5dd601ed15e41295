import { SunstepError } from "@sunstep/errors";
import { describe, expect, test } from "vitest";
import { type GenerateOptions, resolveRequest } from "../src/request.js";

const defaults = { width: 128, height: 128, guidanceScale: 4, decoder: "vae" } as const;
const resolve = (options: GenerateOptions, hasAdapter = false, prompt: string | string[] = "an apple") =>
  resolveRequest(prompt, options, { defaults, hasAdapter });
const picture = { width: 70, height: 66, channels: 3 as const, data: new Uint8Array(70 * 66 * 3) };

describe("defaults", () => {
  test("without an adapter: guided, 25 steps", () => {
    expect(resolve({})).toMatchObject({ steps: 25, guidanceScale: 4, sun: false, width: 128, batch: 1 });
  });

  test("with an adapter: four steps, no guidance", () => {
    expect(resolve({}, true)).toMatchObject({ steps: 4, guidanceScale: 0, sun: true, sunScale: 1 });
  });

  test("the adapter left aside: guided again", () => {
    expect(resolve({ sun: false }, true)).toMatchObject({ steps: 25, guidanceScale: 4, sun: false });
  });

  test("a picture gives its own size, cut to a multiple of 8", () => {
    expect(resolve({ image: picture })).toMatchObject({ width: 64, height: 64, strength: 0.8 });
    expect(resolve({ image: picture, mask: picture })).toMatchObject({ strength: 1 });
  });

  test("one negative prompt serves every prompt", () => {
    expect(resolve({ negativePrompt: "leaf" }, false, ["a", "b"]).negativePrompts).toEqual(["leaf", "leaf"]);
  });
});

describe("refusals", () => {
  const cases: [string, GenerateOptions, boolean, string, RegExp][] = [
    ["a width that is no multiple of 8", { width: 100 }, false, "PIPELINE_SIZE", /width 100/],
    ["a height of 0", { height: 0 }, false, "PIPELINE_SIZE", /height 0/],
    ["a height that is no number", { height: Number.NaN }, false, "PIPELINE_SIZE", /height NaN/],
    ["half a step", { steps: 2.5 }, false, "PIPELINE_OPTION", /steps 2.5/],
    ["no steps", { steps: 0 }, false, "PIPELINE_OPTION", /steps 0/],
    ["a guidance of NaN", { guidanceScale: Number.NaN }, false, "PIPELINE_OPTION", /guidanceScale NaN/],
    ["guidance on top of SUN", { guidanceScale: 7.5 }, true, "PIPELINE_OPTION", /set sun to false/],
    ["SUN without an adapter", { sun: true }, false, "PIPELINE_NO_ADAPTER", /no SUN adapter/],
    ["a mask without a picture", { mask: picture }, false, "PIPELINE_MASK", /give image/],
    ["a strength above 1", { image: picture, strength: 1.5 }, false, "PIPELINE_OPTION", /strength 1.5/],
    [
      "an unknown source of noise",
      { randomSource: "dice" as "cpu" },
      false,
      "PIPELINE_OPTION",
      /randomSource dice/,
    ],
    ["an unknown decoder", { decoder: "tiny" as "taesd" }, false, "PIPELINE_OPTION", /decoder tiny/],
    ["an unknown preview", { preview: "yes" as "auto" }, false, "PIPELINE_OPTION", /preview yes/],
    [
      "an unknown syntax of prompts",
      { promptSyntax: "a1111" as "plain" },
      false,
      "PIPELINE_OPTION",
      /promptSyntax a1111/,
    ],
    ["too few seeds", { seed: [1], imagesPerPrompt: 2 }, false, "PIPELINE_OPTION", /1 seeds for 2/],
    [
      "too many negative prompts",
      { negativePrompt: ["a", "b"] },
      false,
      "PIPELINE_OPTION",
      /2 negative prompts/,
    ],
  ];
  test.each(cases)("%s", (_, options, hasAdapter, code, message) => {
    const attempt = () => resolve(options, hasAdapter);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect(SunstepError.isInstance(error, code)).toBe(true);
    }
  });
});
