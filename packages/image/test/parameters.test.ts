import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatParameters, parseParameters } from "../src/index.js";

const text = `a red apple, (best quality:1.2)
on a table, 猫
Negative prompt: blurry,
lowres
Steps: 4, Sampler: DPM++ 2M Karras, CFG scale: 7.5, Seed: 42, Size: 512x512, Model: "v1-5, pruned", SUN: "a: 0.5"`;

const parameters = {
  prompt: "a red apple, (best quality:1.2)\non a table, 猫",
  negativePrompt: "blurry,\nlowres",
  settings: new Map([
    ["Steps", "4"],
    ["Sampler", "DPM++ 2M Karras"],
    ["CFG scale", "7.5"],
    ["Seed", "42"],
    ["Size", "512x512"],
    ["Model", "v1-5, pruned"],
    ["SUN", "a: 0.5"],
  ]),
};

describe("parameters", () => {
  it("reads AUTOMATIC1111's text", () => {
    expect(parseParameters(text)).toEqual(parameters);
  });

  it("writes it, an empty negative prompt left out", () => {
    expect(formatParameters({ ...parameters, negativePrompt: "blurry,\nlowres" })).toBe(text);
    expect(formatParameters({ ...parameters, negativePrompt: "" })).not.toContain("Negative");
  });

  it("finds settings that are not on the last line", () => {
    const appended = `${text}\nTemplate: a __colour__ apple\nNegative Template: "blurry, lowres", Seed: 7`;
    const { settings, ...prompts } = parseParameters(appended);
    expect(prompts).toEqual({ prompt: parameters.prompt, negativePrompt: parameters.negativePrompt });
    expect([...settings]).toEqual([
      ...parameters.settings,
      ["Template", "a __colour__ apple"],
      ["Negative Template", "blurry, lowres"],
    ]);
  });

  it("takes a last line with fewer than three settings as prompt", () => {
    expect(parseParameters("a cat\nstyle: oil")).toEqual({
      prompt: "a cat\nstyle: oil",
      negativePrompt: "",
      settings: new Map(),
    });
  });

  it("does not search a line for settings that is megabytes long", () => {
    for (const long of ["a".repeat(2 ** 23), `${'a: "'.repeat(2 ** 20)}`, `a${" ".repeat(2 ** 22)}b`])
      expect(parseParameters(`a cat\n${long}`)).toEqual({
        prompt: `a cat\n${long}`,
        negativePrompt: "",
        settings: new Map(),
      });
  });

  it("gives back what was written", () => {
    const line = fc.string({ unit: "grapheme" }).map((s) => s.replace(/[\r\n]/g, "").trim());
    const prompt = fc
      .array(line, { maxLength: 4 })
      .map((lines) => lines.join("\n").trim())
      .filter((s) => !s.includes("Negative prompt:"));
    const keys = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,10}[A-Za-z0-9]$/);
    const values = fc.string({ unit: "grapheme" }).filter((s) => s !== "" && s.trim() === s);
    const settings = fc
      .uniqueArray(fc.tuple(keys, values), { minLength: 3, maxLength: 8, selector: ([key]) => key })
      .map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(prompt, prompt, settings, (positive, negativePrompt, pairs) => {
        const written = { prompt: positive, negativePrompt, settings: pairs };
        expect(parseParameters(formatParameters(written))).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });
});
