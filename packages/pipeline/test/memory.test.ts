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

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

it("frees its memory in 50 cycles of generate and dispose", async () => {
  const sizes: number[] = [];
  for (let i = 0; i < 50; i++) {
    await cycle();
    sizes.push(process.memoryUsage().rss / 2 ** 20);
  }
  const growth = median(sizes.slice(40)) - median(sizes.slice(10, 20));
  // A tenth of a U-Net in each of the 30 cycles between. The allocators and the garbage collector of a busy machine move
  // the median by up to 70 MB with nothing leaked: it stays between 375 and 440 MB over 300 cycles.
  expect(growth).toBeLessThan(150);
}, 180_000);
