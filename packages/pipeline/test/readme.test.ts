import { fileURLToPath } from "node:url";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { runReadmeExample } from "@sunstep/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Acceleration, type GenerateOptions, type Guidance, Pipeline } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const small: GenerateOptions = { seed: 0, width: 64, height: 64 };

async function emojiPipeline(passes = {}) {
  const runtime = await createNodeRuntime();
  const pipeline = new Pipeline({ ...(await emojiComponents(runtime)), passes });
  onTestFinished(async () => {
    await pipeline.dispose();
    await runtime.dispose();
  });
  return pipeline;
}

describe("the README's examples", () => {
  it("make an image", async () => {
    const { images, request } = await runReadmeExample(readme);
    expect(images).toMatchObject([{ width: 128, height: 128, channels: 3 }]);
    expect(request).toMatchObject({ steps: 8, seeds: [42] });
  });

  it("guide by a guidance of their own", async () => {
    const { earlyGuidance } = (await runReadmeExample(readme, { block: 1 })) as { earlyGuidance: Guidance };
    const pipeline = await emojiPipeline();
    const options = { ...small, steps: 2, negativePrompt: "leaf" };
    const early = await pipeline.generate("an apple", { ...options, guidance: earlyGuidance });
    expect(early.request.guidance.name).toBe("early");
    expect(early.latents.data.every(Number.isFinite)).toBe(true);
  });

  it("accelerate by a method of their own", async () => {
    const { trailingEuler } = (await runReadmeExample(readme, { block: 2 })) as {
      trailingEuler: Acceleration;
    };
    const pipeline = await emojiPipeline();
    expect(await pipeline.generate("a star", { ...small, acceleration: trailingEuler })).toMatchObject({
      evaluations: 6,
      scheduler: "EulerDiscreteScheduler",
      timesteps: [999, 832, 666, 499, 332, 166],
    });
  });

  it("run a pass of their own", async () => {
    const { listAttentions, attentions } = (await runReadmeExample(readme, { block: 3 })) as {
      listAttentions: never;
      attentions: string[];
    };
    const pipeline = await emojiPipeline({ unet: [listAttentions] });
    await pipeline.generate("a star", { ...small, steps: 1, guidanceScale: 1 });
    expect(attentions.length).toBeGreaterThan(5);
  });
});
