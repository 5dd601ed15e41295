// Timesteps of models that were distilled on a coarse schedule (LCM, TCD): a run visits some of that schedule.

import type { Run } from "../define-scheduler.js";
import { schedulerError } from "../errors.js";
import { refuseManySteps } from "../noise/alphas.js";

/** Every (length / steps)-th of `origin`, which is descending. */
export function distilledTimesteps(
  scheduler: string,
  origin: readonly number[],
  run: Run,
  train: number,
  originalSteps: number,
): readonly number[] {
  if (run.timesteps) {
    if (run.timesteps[0]! < train) return run.timesteps;
    throw schedulerError("SCHEDULER_PLAN", `${scheduler}: timesteps start at or after ${train}`, {
      scheduler,
      option: "timesteps",
      value: run.timesteps,
    });
  }
  refuseManySteps(scheduler, run.steps, train);
  if (run.steps > originalSteps || run.steps > origin.length) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${scheduler}: ${run.steps} steps are more than the ${Math.min(originalSteps, origin.length)} of ` +
        `original_inference_steps, ${originalSteps}${run.teacherStrength ? `, times teacherStrength, ${run.teacherStrength}` : ""}`,
      { scheduler, option: "steps", value: run.steps },
    );
  }
  const stride = origin.length / run.steps;
  return Array.from({ length: run.steps }, (_, i) => origin[Math.floor(i * stride)]!);
}

/** The `originalSteps` timesteps of the teacher's schedule, descending; of a `strength` below 1, its clean end. */
export function teacherTimesteps(
  scheduler: string,
  train: number,
  originalSteps: number,
  strength = 1,
): number[] {
  const isPossible = Number.isSafeInteger(originalSteps) && originalSteps >= 1 && originalSteps <= train;
  if (!isPossible) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${scheduler}: original_inference_steps is ${originalSteps}: needs an integer from 1 to ${train}`,
      { scheduler, option: "originalInferenceSteps", value: originalSteps },
    );
  }
  if (!(strength > 0 && strength <= 1)) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${scheduler}: teacherStrength is ${strength}: it must be above 0 and at most 1`,
      { scheduler, option: "teacherStrength", value: strength },
    );
  }
  const stride = Math.floor(train / originalSteps);
  const count = Math.trunc(originalSteps * strength);
  return Array.from({ length: count }, (_, i) => (count - i) * stride - 1);
}
