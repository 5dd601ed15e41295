import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Pipeline, type PipelineParts } from "../src/index.js";
import { emojiParts } from "./emoji-pipeline.js";

let runtime: Runtime;
let parts: PipelineParts;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  parts = await emojiParts(runtime);
});
afterAll(() => runtime.dispose());

/** Loads, paints and disposes; the U-Net alone is 51 MB once loaded. */
async function cycle(): Promise<void> {
  const pipeline = new Pipeline(parts);
  await pipeline.generate("a star", { seed: 0, steps: 1, width: 64, height: 64, guidanceScale: 1 });
  await pipeline.dispose();
}

test("memory returns after 50 cycles of generate and dispose", async () => {
  for (let i = 0; i < 10; i++) await cycle();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 40; i++) await cycle();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  // One leaked U-Net in 40 cycles would show; allocators' own play stays below this.
  expect(grown).toBeLessThan(45);
}, 180_000);
