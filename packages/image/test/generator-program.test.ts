import { expect, it } from "vitest";
import { generatorProgram } from "../src/index.js";

it.each<[string | undefined, Record<string, string>]>([
  ["AUTOMATIC1111", { parameters: "a cat\nSteps: 20, Sampler: Euler a, Seed: 1" }],
  [
    "AUTOMATIC1111",
    { parameters: "a cat\nSteps: 20, Seed: 1, Size: 8x8", prompt: '{"3": {}}', workflow: "{}" },
  ],
  ["ComfyUI", { prompt: '{"3": {"class_type": "KSampler"}}', workflow: '{"nodes": []}' }],
  ["Fooocus", { fooocus_scheme: "fooocus", parameters: '{"prompt": "a cat"}' }],
  ["Fooocus", { parameters: '{"prompt": "a cat", "steps": 30}' }],
  ["InvokeAI", { invokeai_metadata: '{"app_version": "4.2.0"}' }],
  ["InvokeAI", { "sd-metadata": '{"model": "stable diffusion"}', Dream: '"a cat" -s 50' }],
  ["NovelAI", { Software: "NovelAI", Comment: '{"steps": 28}', Description: "a cat" }],
  [undefined, { Title: "a photo", prompt: "a cat" }],
  [undefined, {}],
])("knows %s by its texts", (program, texts) => {
  expect(generatorProgram(new Map(Object.entries(texts)))).toBe(program);
});
