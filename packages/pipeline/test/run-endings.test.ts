import { describe, expect, it } from "vitest";
import { type GenerateOptions, Pipeline } from "../src/index.js";
import { quick, useEmojiPipeline } from "./emoji-pipeline.js";

const emoji = useEmojiPipeline();

describe("a run of Pipeline.generate", () => {
  it("is cancelled between steps", async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const run = emoji.pipeline.generate("a star", {
      ...quick,
      steps: 10,
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type !== "step") return;
        steps.push(event.step);
        if (event.step === 2) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: "ABORTED" });
    expect(steps).toEqual([1, 2]);
    expect((await emoji.pipeline.generate("a star", quick)).images).toHaveLength(1);
  });

  it("ends with the error of an asynchronous listener", async () => {
    const broken = new Error("listener");
    const run = emoji.pipeline.generate("a star", {
      ...quick,
      onProgress: async (event) => {
        if (event.type === "step") throw broken;
      },
    });
    await expect(run).rejects.toBe(broken);
  });

  it("leaves the event loop free while the network computes", async () => {
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    const run = emoji.pipeline.generate("a star", { seed: 0, steps: 4 });
    setImmediate(turn);
    await run;
    running = false;
    // A run that blocked the thread would let it turn about once per step. How long it is ever held: `pnpm bench`.
    expect(turns).toBeGreaterThan(100);
  });

  it("rejects NaN and names the step", async () => {
    const promptEmbeds = {
      dtype: "float32" as const,
      shape: [1, 77, 256],
      data: new Float32Array(77 * 256).fill(Number.NaN),
    };
    const run = emoji.pipeline.generate("", { ...quick, promptEmbeds, guidanceScale: 1 });
    await expect(run).rejects.toThrow(/U-Net at step 1 of 2/);
    await expect(run).rejects.toMatchObject({ code: "PIPELINE_NOT_FINITE" });
  });

  it.each<[string, GenerateOptions, string]>([
    ["an unknown scheduler", { scheduler: "warp" }, "SCHEDULER_NAME"],
    ["more layers skipped than there are", { clipSkip: 9 }, "PIPELINE_OPTION"],
    [
      "embeddings of another width",
      { promptEmbeds: { dtype: "float32", shape: [1, 77, 8], data: new Float32Array(616) } },
      "PIPELINE_EMBEDDINGS",
    ],
  ])("rejects %s", async (_, options, code) => {
    await expect(emoji.pipeline.generate("a star", { ...quick, ...options })).rejects.toMatchObject({ code });
  });

  it("rejects a TAESD that is not there before it does anything", async () => {
    for (const options of [{ decoder: "taesd" }, { preview: "taesd" }] as const) {
      const events: string[] = [];
      const onProgress = ({ type }: { readonly type: string }) => void events.push(type);
      await expect(
        emoji.pipeline.generate("a star", { ...quick, ...options, onProgress }),
      ).rejects.toMatchObject({ code: "PIPELINE_OPTION" });
      expect(events).toEqual([]);
    }
  });

  it("rejects a prompt of 100,000 characters", async () => {
    await expect(emoji.pipeline.generate("apple ".repeat(16_667), quick)).rejects.toMatchObject({
      code: "PROMPT_TOO_LONG",
    });
  });

  it("is rejected after disposal", async () => {
    const other = new Pipeline(emoji.components);
    await other.dispose();
    await expect(other.generate("a star", quick)).rejects.toMatchObject({ code: "PIPELINE_DISPOSED" });
  });
});
