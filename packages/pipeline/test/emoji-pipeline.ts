import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { afterAll, beforeAll } from "vitest";
import { type GenerateOptions, Pipeline, type PipelineComponents } from "../src/index.js";
import { emojiComponents } from "./emoji-components.js";

/** Options of an image that is made in a fraction of a second. */
export const quick: GenerateOptions = { seed: 0, steps: 2, width: 64, height: 64 };

/** A pipeline of the embedded model, from before a file's tests to after them. */
export function useEmojiPipeline() {
  let runtime: Runtime;
  let components: PipelineComponents;
  let pipeline: Pipeline;

  beforeAll(async () => {
    runtime = await createNodeRuntime();
    components = await emojiComponents(runtime);
    pipeline = new Pipeline(components);
  });

  afterAll(async () => {
    await pipeline.dispose();
    await runtime.dispose();
  });

  return {
    get components() {
      return components;
    },
    get pipeline() {
      return pipeline;
    },
  };
}
