// Run by speed.ts: measures a model and an adapter that are named, and prints one line of JSON.
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Sampler, sun, TEACHER, unguided } from "../pictures/sampler.js";
import { Studio } from "../pictures/studio.js";
import { SUN_SCHEDULER } from "./model-sets.js";
import type { Speed } from "./speed.js";

const ROUNDS = 15;
/** Enough that what is done once a picture hardly counts. */
const EVALUATIONS = 16;

async function main(model: string, adapter: string): Promise<Speed> {
  const runtime = await createNodeRuntime();
  const studio = await Studio.open(runtime, { model, adapter });
  const samplers = {
    guided: TEACHER,
    sun: sun(SUN_SCHEDULER, 4),
    plainEvaluations: unguided(EVALUATIONS),
    sunEvaluations: sun(SUN_SCHEDULER, EVALUATIONS),
  } satisfies Record<string, Sampler>;
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
  const median = (name: keyof typeof samplers) => times[name]!.sort((a, b) => a - b)[ROUNDS >> 1]!;
  return {
    guidedMs: median("guided"),
    sunMs: median("sun"),
    ratio: median("guided") / median("sun"),
    plainEvaluationMs: median("plainEvaluations"),
    sunEvaluationMs: median("sunEvaluations"),
    sunOverPlain: median("sunEvaluations") / median("plainEvaluations"),
    rounds: ROUNDS,
  };
}

main(process.argv[2]!, process.argv[3]!).then((speed) => process.stdout.write(JSON.stringify(speed)));
