import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { checkPrompts } from "../src/check-prompts.js";
import type { GenerateOptions } from "../src/index.js";
import { resolveRequest } from "../src/resolve-request.js";

const model = {
  defaults: { width: 64, height: 64, steps: 4, guidanceScale: 4, scheduler: "dpm++2m", decoder: "vae" },
  schedulerConfig: {},
  scaleFactor: 8,
  hasTaesd: false,
} as const;
const warned = (prompt: string | string[], options: GenerateOptions = {}) =>
  checkPrompts(resolveRequest(prompt, options, model)).map(({ code, details, message }) => {
    expect(code).toBe("PROMPT_SYNTAX_UNUSED");
    for (const text of details.texts as string[]) expect(message).toContain(JSON.stringify(text));
    return [details.kind, ...(details.texts as string[])].join(" ");
  });

describe("checkPrompts", () => {
  it.each([
    ["a <lora:ink:0.8> cat", ["lora <lora:ink:0.8>"]],
    ["<hypernet:old:1>", ["extra-network <hypernet:old:1>"]],
    ["a [cat:dog:0.5], [bird:5]", ["schedule [cat:dog:0.5] [bird:5]"]],
    ["a [cat|dog]", ["alternation [cat|dog]"]],
    ["a cat AND a dog", ["composition AND"]],
    ["embedding:ink, a cat", ["embedding embedding:ink"]],
    ["a (cat:1.2) [grass] BREAK a (dog)", []],
  ])("warns of syntax that would be read as words: %s", (prompt, expected) => {
    expect(warned(prompt)).toEqual(expected);
    expect(warned("a cat", { negativePrompt: prompt })).toEqual(expected);
    expect(warned(["a cat", prompt, prompt])).toEqual(expected);
  });

  it("finds nothing in plain prompts, nor where encoded prompts replace them", () => {
    expect(warned("a [cat|dog]", { promptSyntax: "plain" })).toEqual([]);
    const promptEmbeds = tensor(new Float32Array(8), [1, 1, 8]);
    expect(warned("a [cat|dog]", { promptEmbeds })).toEqual([]);
  });
});
