// Run by speed.ts: reads a model and adapters as JSON, measures them, and prints one line of JSON.
import { emojiDefaults } from "@sunstep/emoji-model";
import type { Decoder, ModelDefaults } from "@sunstep/pipeline";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Sampler, sun, TEACHER, unguided, withTinyDecoder } from "../images/sampler.js";
import { Studio, type StudioFiles } from "../images/studio.js";
import { SUN_SCHEDULER } from "./model-sets.js";
import type { ImageTimes, Speed } from "./speed.js";

const ROUNDS = 15;
/** Enough steps for the cost per image to be negligible. */
const EVALUATIONS = 16;

async function main(files: StudioFiles): Promise<Speed> {
  const runtime = await createNodeRuntime();
  const studio = await Studio.open(runtime, files);
  const hasTiny = files.tinyAutoencoder !== undefined;
  const few = sun(SUN_SCHEDULER, 4);
  const samplers: Readonly<Record<string, Sampler>> = {
    "vae guided": TEACHER,
    "vae sun": few,
    ...(hasTiny && { "taesd guided": withTinyDecoder(TEACHER), "taesd sun": withTinyDecoder(few) }),
    plainEvaluations: unguided(EVALUATIONS),
    sunEvaluations: sun(SUN_SCHEDULER, EVALUATIONS),
  };
  const times = Object.fromEntries(Object.keys(samplers).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, sampler] of Object.entries(samplers)) {
      const began = performance.now();
      const { timings } = await studio.generate(
        [{ caption: "a red apple", negative: "leaf", seed: round }],
        sampler,
      );
      const milliseconds = name.endsWith("Evaluations")
        ? timings.denoise / EVALUATIONS
        : performance.now() - began;
      if (round > 0) times[name]!.push(milliseconds);
    }
  }
  await studio.dispose();
  await runtime.dispose();
  const median = (name: string) => times[name]!.sort((a, b) => a - b)[ROUNDS >> 1]!;
  const image = (decoder: Decoder): ImageTimes => {
    const [guidedMs, sunMs] = [median(`${decoder} guided`), median(`${decoder} sun`)];
    return { guidedMs, sunMs, ratio: guidedMs / sunMs };
  };
  const { decoder = "vae" }: Partial<ModelDefaults> = emojiDefaults;
  return {
    ...image(hasTiny ? decoder : "vae"),
    decoders: { vae: image("vae"), ...(hasTiny && { taesd: image("taesd") }) },
    plainEvaluationMs: median("plainEvaluations"),
    sunEvaluationMs: median("sunEvaluations"),
    sunOverPlain: median("sunEvaluations") / median("plainEvaluations"),
    rounds: ROUNDS,
  };
}

main(JSON.parse(process.argv[2]!) as StudioFiles).then((speed) =>
  process.stdout.write(JSON.stringify(speed)),
);
