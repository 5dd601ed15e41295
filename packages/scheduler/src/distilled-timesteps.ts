// Timesteps of models that were distilled on a coarse schedule (LCM, TCD): a run visits some of that schedule.

import { refuseManySteps } from "./alphas.js";
import type { Run } from "./define-scheduler.js";
import { schedulerError } from "./errors.js";

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
      `${scheduler}: ${run.steps} steps are more than original_inference_steps, ${originalSteps}`,
      { scheduler, option: "steps", value: run.steps },
    );
  }
  const stride = origin.length / run.steps;
  return Array.from({ length: run.steps }, (_, i) => origin[Math.floor(i * stride)]!);
}

/** The `originalSteps` timesteps of the teacher's schedule, descending from the last. */
export function teacherTimesteps(scheduler: string, train: number, originalSteps: number): number[] {
  const isPossible = Number.isSafeInteger(originalSteps) && originalSteps >= 1 && originalSteps <= train;
  if (!isPossible) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${scheduler}: original_inference_steps is ${originalSteps}: needs an integer from 1 to ${train}`,
      { scheduler, option: "originalInferenceSteps", value: originalSteps },
    );
  }
  const stride = Math.floor(train / originalSteps);
  return Array.from({ length: originalSteps }, (_, i) => (originalSteps - i) * stride - 1);
}
