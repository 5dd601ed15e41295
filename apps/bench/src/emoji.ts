import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { sun } from "@sunstep/accelerations";
import { openCheckpoint, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl } from "@sunstep/emoji-model";
import { type GenerateOptions, openTextEncoders, Pipeline } from "@sunstep/pipeline";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { interleaved, type Measurement, summarise } from "./measure.js";
import type { SuiteResult } from "./report.js";
import { sunShapes } from "./synthetic/shapes.js";
import { writeRandomSafetensors } from "./synthetic/write-safetensors.js";
import { fill } from "./synthetic-checkpoint.js";

const prompt = "a red apple";

/**
 * Measures whole images of the emoji model: 25 guided steps against four with SUN (an adapter of random weights), with a
 * cached and a new prompt; and one evaluation and the decoder alone.
 */
export async function measureEmoji(runs: number): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), "sunstep-bench-"));
  const runtime = await createNodeRuntime();
  try {
    const tree = await folderTree(fileURLToPath(emojiModelUrl));
    const checkpoint = await openCheckpoint(tree);
    const { unet } = checkpoint;
    const shapes = Object.fromEntries(
      unet.weights.names().map((name) => [name, unet.weights.get(name).shape]),
    );
    const adapterFile = join(folder, "sun.safetensors");
    await writeRandomSafetensors(adapterFile, sunShapes(shapes, unet.config.cross_attention_dim), fill, 1);
    const pipeline = new Pipeline({
      ...checkpoint,
      runtime,
      defaults: emojiDefaults,
      textEncoders: await openTextEncoders(checkpoint),
    });
    const accelerations = [sun(readSunAdapter(await openSafetensors(await fileSource(adapterFile))))];
    const evaluations: Record<"plain" | "sun", number[]> = { plain: [], sun: [] };
    const decodes: number[] = [];
    const generate = async (network: "plain" | "sun", text: string, options: GenerateOptions) => {
      const made = await pipeline.generate(text, { seed: 0, accelerations, ...options });
      evaluations[network].push(made.timings.denoise / made.evaluations);
      decodes.push(made.timings.decode);
    };
    let prompts = 0;
    const times = await interleaved(
      {
        guided25: () => generate("plain", prompt, { acceleration: false, steps: 25 }),
        sun4: () => generate("sun", prompt, {}),
        sun4NewPrompt: () => pipeline.generate(`${prompt}, number ${prompts++}`, { seed: 0, accelerations }),
      },
      runs,
    );
    // The first round loads the networks.
    const [plainEvaluation, sunEvaluation] = [evaluations.plain, evaluations.sun].map((all) =>
      summarise(all.slice(1)),
    ) as [Measurement, Measurement];
    const eventLoopHeldMs = await longestHold(() =>
      pipeline.generate(prompt, { seed: 0, steps: 8, accelerations }),
    );
    await pipeline.dispose();
    return {
      ...times,
      speedup: times.guided25.medianMs / times.sun4.medianMs,
      plainEvaluation,
      sunEvaluation,
      sunOverPlain: sunEvaluation.medianMs / plainEvaluation.medianMs,
      decode: summarise(decodes.slice(2)),
      eventLoopHeldMs,
    };
  } finally {
    await runtime.dispose();
    await rm(folder, { recursive: true });
  }
}

/** Returns the longest block of the calling thread's event loop while `task` ran, in milliseconds. */
async function longestHold(task: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await task();
  delay.disable();
  return delay.max / 1e6;
}
