import type { Schedule } from "@sunstep/scheduler";
import type { RunControls } from "./control/run-controls.js";
import { composing } from "./guidance/compose.js";
import type { Evaluate } from "./guidance/guidance.js";
import { checkFinite } from "./latents/check-finite.js";
import type { LatentSize } from "./latents/latents.js";
import type { NoiseSource } from "./latents/noise.js";
import type { Previewer } from "./latents/previewer.js";
import type { StartingPoint } from "./latents/starting-point.js";
import { type InputShapes, type PromptConditioning, shapesOf } from "./prompts/conditioning.js";
import type { Request } from "./request/request.js";
import type { Run } from "./run.js";
import type { Denoiser } from "./sessions/denoiser.js";

/** Everything that a run prepares before its first step. */
export interface DenoiseOptions {
  readonly schedule: Schedule;
  readonly start: StartingPoint;
  readonly noise: NoiseSource;
  /** For each evaluation, one for each image. */
  readonly prompts: readonly (readonly PromptConditioning[])[];
  readonly size: LatentSize;
  readonly controls?: RunControls | undefined;
  readonly denoiser: Denoiser;
  readonly previewer: Previewer;
}

/** Runs all steps of a schedule and reports each. Returns the final latents, [batch, channels, height, width], flat. */
export async function denoise(request: Request, options: DenoiseOptions, run: Run): Promise<Float32Array> {
  const { schedule, start, noise, prompts, size, controls, denoiser, previewer } = options;
  const { guidance, guidanceScale: scale, guidanceRescale: rescale, preview, vaeTiling } = request;
  const adapters = controls ? [...request.adapters, controls.adapter] : request.adapters;
  const { batch } = size;
  const count = schedule.timesteps.length;
  const known = inputShapes(prompts);
  let latents = start.latents;
  for (const [index, timestep] of schedule.timesteps.entries()) {
    run.check();
    const sample = start.networkInput(schedule.scaleModelInput(latents, index));
    const images = prompts[index]!;
    const conditionings = {
      positive: images.map(({ positive }) => positive),
      negative: images.flatMap(({ negative }) => (negative ? [negative] : [])),
    };
    const fixed = {
      ...size,
      sample,
      timestep,
      adapters,
      known,
      ...(controls && { controls: controls.at(index, count) }),
    };
    const evaluate: Evaluate = (conditionings) => denoiser.predict({ ...fixed, conditionings }, run);
    const prediction = await guidance.predict(
      composing(
        evaluate,
        conditionings,
        images.map(({ composed }) => composed),
      ),
      conditionings,
      { scale, rescale, batch, index, count, timestep },
    );
    checkFinite(prediction, `the U-Net at step ${index + 1} of ${count}`);
    const stepped = schedule.step(prediction, index, latents, noise.draw);
    latents = start.afterStep(stepped.sample, index);
    if (!run.isObserved) continue;
    const previews =
      preview && (await previewer.show(stepped.denoised, size, { mode: preview, vaeTiling }, run));
    run.report({
      type: "step",
      step: index + 1,
      steps: count,
      timestep,
      latents,
      ...(previews && { previews }),
    });
  }
  run.check();
  return latents;
}

/** The shapes of all inputs that any evaluation has, of one image. */
function inputShapes(prompts: DenoiseOptions["prompts"]): InputShapes {
  const conditionings = [...new Set(prompts.flat())].flatMap(({ positive, negative, composed = [] }) => [
    positive,
    ...(negative ? [negative] : []),
    ...composed.map(({ conditioning }) => conditioning),
  ]);
  return Object.assign({}, ...conditionings.map(shapesOf));
}
