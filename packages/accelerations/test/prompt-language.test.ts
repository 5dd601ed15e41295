// SUN with prompts that change or are composed: its negative prompt's input keeps its shape, and every part gets it.
import { createNodeRuntime } from "@sunstep/runtime-node";
import { expect, it, onTestFinished } from "vitest";
import { sun } from "../src/index.js";
import { emojiPipeline } from "./emoji-pipeline.js";

it("changes prompts and negative prompts with the steps, and composes prompts part by part", async () => {
  const runtime = await createNodeRuntime();
  const { pipeline, adapter } = await emojiPipeline(runtime);
  onTestFinished(async () => {
    await pipeline.dispose();
    await runtime.dispose();
  });
  const run = async (prompt: string, negativePrompt = "red") => {
    const loaded: string[] = [];
    const { latents, evaluations } = await pipeline.generate(prompt, {
      ...{ seed: 0, width: 64, height: 64, negativePrompt },
      accelerations: [sun(adapter)],
      onProgress: (event) => {
        if (event.type === "stage" && event.network) loaded.push(event.network);
      },
    });
    return { latents: latents.data, evaluations, loaded };
  };
  const apple = await run("an apple");
  expect((await run("an apple AND a leaf :0")).latents).toBeAllclose(apple.latents, { atol: 1e-5 });
  const both = await run("an apple AND a leaf :0.5");
  expect(both.latents).not.toEqual(apple.latents);
  expect(both.evaluations).toBe(8);
  expect((await run("an [apple:leaf:1.0]")).latents).toEqual(apple.latents);
  const changing = await run("an [apple:leaf:1]", "[red:green:2]");
  expect(changing.latents).not.toEqual(apple.latents);
  expect(changing.loaded).toEqual([]);
  expect((await run("an apple", "[red:green:2]")).latents).not.toEqual(apple.latents);
});
