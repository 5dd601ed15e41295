import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import type { GenerateOptions } from "../src/index.js";
import { checkPrompts } from "../src/prompts/check-prompts.js";
import { resolveRequest } from "../src/request/resolve-request.js";

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
    ["a [cat:dog:0.5], [bird:5]", []],
    ["a [cat|dog]", []],
    ["a [cat:dog:0.5] | a [fox|owl]", ["schedule [cat:dog:0.5]", "alternation [fox|owl]"]],
    ["[a:b:c:0.5]", ["schedule [a:b:c:0.5]"]],
    ["embedding:ink, a cat", ["embedding embedding:ink"]],
    ["a (cat:1.2) [grass] BREAK a (dog)", []],
  ])("warns of syntax that would be read as words: %s", (prompt, expected) => {
    expect(warned(prompt)).toEqual(expected);
    expect(warned("a cat", { negativePrompt: prompt })).toEqual(expected);
    expect(warned(["a cat", prompt, prompt])).toEqual(expected);
  });

  it("warns of a composition in a negative prompt, which is none in AUTOMATIC1111", () => {
    expect(warned("a cat AND a dog :0.5")).toEqual([]);
    expect(warned("a cat", { negativePrompt: "a cat AND a dog" })).toEqual(["composition AND"]);
  });

  it("warns of a number that weighs a whole prompt", () => {
    const warnings = checkPrompts(resolveRequest("a clock at 10:30", {}, model));
    expect(warnings).toMatchObject([
      {
        code: "PROMPT_WEIGHTED",
        details: { text: "a clock at 10", weight: 30 },
        message: expect.stringContaining("by 30"),
      },
    ]);
    expect(checkPrompts(resolveRequest("a (clock:1.3)", {}, model))).toEqual([]);
  });

  it("finds nothing in plain prompts, nor where encoded prompts replace them", () => {
    expect(warned("a [cat|dog] | :3", { promptSyntax: "plain" })).toEqual([]);
    const promptEmbeds = tensor(new Float32Array(8), [1, 1, 8]);
    expect(warned("a [cat|dog] | :3", { promptEmbeds })).toEqual([]);
  });
});
