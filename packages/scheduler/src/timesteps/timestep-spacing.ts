// The training timesteps that a run visits: Lin et al. 2023 (arXiv 2305.08891), table 2.

import { roundHalfToEven } from "@sunstep/tensor";
import { schedulerError } from "../errors.js";
import { integer, oneOf } from "../options.js";
import { arange, linspace } from "./grids.js";

export type TimestepSpacing = "leading" | "trailing" | "linspace";

export const spacingOptions = (fallback: TimestepSpacing) => ({
  timestep_spacing: oneOf(fallback, ["linspace", "leading", "trailing"]),
  steps_offset: integer(0, 0),
});

interface Spacing {
  readonly timestep_spacing: TimestepSpacing;
  readonly steps_offset: number;
  readonly num_train_timesteps: number;
}

/** `steps` timesteps, descending, both ends of the training range included by "linspace". */
export function spacedTimesteps(options: Spacing, steps: number): number[] {
  const train = options.num_train_timesteps;
  switch (options.timestep_spacing) {
    case "linspace":
      return linspace(0, train - 1, steps).reverse();
    case "leading":
      return multiples(strideOf(train, steps, steps), steps, options.steps_offset).reverse();
    case "trailing":
      return trailing(train, train, steps);
  }
}

/**
 * The same for multistep solvers, which treat the end of the range as one point more that is not visited.
 * `last` is the number of training timesteps that are used.
 */
export function openSpacedTimesteps(options: Spacing, steps: number, last: number): number[] {
  switch (options.timestep_spacing) {
    case "linspace":
      return linspace(0, last - 1, steps + 1)
        .map(roundHalfToEven)
        .slice(1)
        .reverse();
    case "leading":
      return multiples(strideOf(last, steps + 1, steps), steps + 1, options.steps_offset)
        .slice(1)
        .reverse();
    case "trailing":
      return trailing(last, options.num_train_timesteps, steps);
  }
}

const multiples = (stride: number, count: number, offset: number) =>
  Array.from({ length: count }, (_, i) => i * stride + offset);

/**
 * `steps` timesteps from `last` down, fewer where `last` leaves some of the training timesteps out. They are counted
 * before they are made: numpy.arange, which diffusers uses, rounds its way to one more, timestep -1, at 62 of the step
 * counts up to 1000 (61, 103, 121, …).
 */
function trailing(last: number, train: number, steps: number): number[] {
  if (steps > train) throw tooManySteps(train, steps);
  const count = Math.ceil((last * steps) / train);
  return arange(last, 0, -train / steps)
    .slice(0, count)
    .map((t) => roundHalfToEven(t) - 1);
}

function strideOf(train: number, parts: number, steps: number): number {
  const stride = Math.floor(train / parts);
  if (stride > 0) return stride;
  throw tooManySteps(train, steps);
}

function tooManySteps(train: number, steps: number) {
  return schedulerError("SCHEDULER_PLAN", `${steps} steps do not fit in ${train} training timesteps`, {
    steps,
    train,
  });
}
