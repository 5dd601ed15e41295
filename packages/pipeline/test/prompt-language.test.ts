// Laws of prompts that change with the steps or are composed: runs of plain prompts that they must equal.

import { describe, expect, it } from "vitest";
import type { GenerateOptions } from "../src/index.js";
import { useEmojiPipeline } from "./emoji-pipeline.js";

const emoji = useEmojiPipeline();

const quick: GenerateOptions = {
  seed: 0,
  steps: 4,
  width: 64,
  height: 64,
  scheduler: "ddim",
  guidanceScale: 3,
};

/** The latents after every step, the networks that were loaded, and the number of evaluations. */
async function run(prompt: string, options: GenerateOptions = {}) {
  const steps: Float32Array[] = [];
  const loaded: string[] = [];
  const { evaluations, warnings } = await emoji.pipeline.generate(prompt, {
    ...quick,
    ...options,
    onProgress: (event) => {
      if (event.type === "step") steps.push(event.latents);
      if (event.type === "stage" && event.network) loaded.push(event.network);
    },
  });
  return { steps, loaded, evaluations, warnings };
}

describe("a prompt that changes", () => {
  it("is its first text until the step, and another run afterwards, in the same network", async () => {
    const before = await run("a red apple");
    const changing = await run("a [red:green:2] apple");
    expect(changing.steps.slice(0, 3)).toEqual(before.steps.slice(0, 3));
    expect(changing.steps[3]).not.toEqual(before.steps[3]);
    expect(changing.loaded).toEqual([]);
    expect(changing.warnings).toEqual([]);
    expect((await run("a [red:green:1.0] apple")).steps).toEqual(before.steps);
    expect((await run("a [green:red:0] apple")).steps).toEqual(before.steps);
  });

  it("counts both evaluations of a step of Heun, and evaluations from an image's own start", async () => {
    const heun = { scheduler: "heun" };
    const before = await run("a red apple", heun);
    // 4 steps are 8 evaluations there; half of them, and the one more of AUTOMATIC1111, are the first text.
    const half = await run("a [red:green:0.5] apple", heun);
    expect(half.steps.map((latents, k) => String(latents) === String(before.steps[k]))).toEqual(
      before.steps.map((_, k) => k <= 4),
    );
    const image = { width: 64, height: 64, channels: 3 as const, data: new Uint8Array(64 * 64 * 3).fill(99) };
    const fromImage = { image, strength: 0.5 };
    const late = await run("a [red:green:2] apple", fromImage);
    expect(late.steps).toEqual((await run("a red apple", fromImage)).steps);
  });

  it("changes its negative prompt as well", async () => {
    const before = await run("an apple", { negativePrompt: "red" });
    const changing = await run("an apple", { negativePrompt: "[red:leaf:2]" });
    expect(changing.steps[2]).toEqual(before.steps[2]);
    expect(changing.steps[3]).not.toEqual(before.steps[3]);
  });
});

describe("a composed prompt", () => {
  const expectSame = async (one: ReturnType<typeof run>, other: ReturnType<typeof run>) =>
    expect((await one).steps.at(-1)).toBeAllclose((await other).steps.at(-1)!, { atol: 1e-4 });

  it("of equal parts is the part, and of a weight is one of that guidance", async () => {
    await expectSame(run("a star :0.25 AND a star :0.75"), run("a star"));
    await expectSame(run("a star :2"), run("a star", { guidanceScale: 6 }));
    await expectSame(run("a star AND a leaf :0"), run("a star"));
    expect((await run("a star AND a leaf")).steps).not.toEqual((await run("a star")).steps);
  });

  it("needs an evaluation for each part, and no other network", async () => {
    const { evaluations, loaded } = await run("a star AND a leaf AND an apple :0.5");
    expect([evaluations, loaded]).toEqual([16, []]);
    expect((await run("a star AND a leaf", { guidanceScale: 1 })).evaluations).toBe(8);
  });
});
