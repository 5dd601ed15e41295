import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Pipeline, type PipelineComponents } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

let runtime: Runtime;
let components: PipelineComponents;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  components = await emojiComponents(runtime);
});
afterAll(() => runtime.dispose());

/** Loads, paints and disposes. The U-Net alone takes 51 MB. */
async function cycle(): Promise<void> {
  const pipeline = new Pipeline(components);
  await pipeline.generate("a star", { seed: 0, steps: 1, width: 64, height: 64, guidanceScale: 1 });
  await pipeline.dispose();
}

it("frees its memory in 50 cycles of generate and dispose", async () => {
  for (let i = 0; i < 10; i++) await cycle();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 40; i++) await cycle();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  // One leaked U-Net in 40 cycles would exceed this; the allocators' own variation does not.
  expect(grown).toBeLessThan(45);
}, 180_000);
