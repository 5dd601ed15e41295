// Yan et al. 2024, "PeRFlow: Piecewise Rectified Flow" (arXiv 2405.07510); the authors' scheduler_perflow.py.

import { defineScheduler, type Run } from "../define-scheduler.js";
import { schedulerError } from "../errors.js";
import { noisy, refuseManySteps } from "../noise/alphas.js";
import { alphasCumprod, noiseScheduleOptions, stableDiffusionBetas } from "../noise/noise-schedule.js";
import { integer, number, oneOf } from "../options.js";
import { combine } from "../steps/linear-combination.js";

const name = "PeRFlowScheduler";

/** A piece of the trajectory, on which it is a straight line; times from 1 (noise) to 0 (image). */
interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** Coefficients of the sample and of the network's output in the sample at the end of a window. */
interface WindowJump {
  readonly sample: number;
  readonly output: number;
}

/** The end of a whole window, seen from its start, by the readings of the network's output as noise. */
const jumpRules = {
  /** Equation 10: the noise of DDIM, so that both ends of the window lie on the model's own noise schedule. */
  ddim_eps: (start: number, end: number): WindowJump => ({
    sample: Math.sqrt(end / start),
    output: Math.sqrt(1 - end) - Math.sqrt((end / start) * (1 - start)),
  }),
  /** Equation 9: the noise that was added within the window. */
  diff_eps: (start: number, end: number): WindowJump => {
    const gamma = Math.sqrt(start / end);
    return { sample: 1 / gamma, output: -Math.sqrt(1 - gamma ** 2) / gamma };
  },
};

export const perflow = defineScheduler({
  name,
  options: {
    ...noiseScheduleOptions(stableDiffusionBetas),
    prediction_type: oneOf("ddim_eps", ["ddim_eps", "diff_eps", "velocity"]),
    t_clean: number(0),
    num_time_windows: integer(4, 1, 1000),
  },
  start(options, run) {
    const { num_train_timesteps: train, num_time_windows: count, prediction_type: prediction } = options;
    refuseManySteps(name, run.steps, train);
    const windows = Array.from({ length: count }, (_, i): TimeWindow => {
      const isLast = i === count - 1;
      return { start: (count - i) / count, end: isLast ? options.t_clean : (count - i - 1) / count };
    });
    const timesteps = windowTimesteps(windows, run, train);
    const alphas = alphasCumprod(options);
    /** Times count from the end of a training step: time 1 is the last. */
    const alphaAt = (timestep: number) => alphas[Math.max(0, Math.trunc(timestep) - 1)]!;

    /** The end of the window at time `t`, from a sample within it. */
    const windowEnd = (
      output: Float32Array,
      sample: Float32Array,
      t: number,
      { start, end }: TimeWindow,
      rule: keyof typeof jumpRules,
    ) => {
      const whole = jumpRules[rule](alphaAt(start * train), alphaAt(end * train));
      const divisor = whole.sample * (t - start) + (end - t);
      return combine(
        [(whole.sample * (end - start)) / divisor, sample],
        [(whole.output * (end - t)) / divisor, output],
      );
    };

    return () => ({
      timesteps,
      initNoiseSigma: 1,
      step(output, index, sample) {
        const timestep = timesteps[index]!;
        const t = timestep / train;
        const window = windows.find(({ end }) => t - 0.1 / train > end) ?? windows.at(-1)!;
        const duration = ((timesteps[index + 1] ?? 0) - timestep) / train;
        if (prediction === "velocity") {
          return {
            sample: combine([1, sample], [duration, output]),
            denoised: combine([1, sample], [window.end - t, output]),
          };
        }
        // The window's end is the preview: only that of the last window is clean.
        const denoised = windowEnd(output, sample, t, window, prediction);
        const share = duration / (window.end - t);
        return { sample: combine([1 - share, sample], [share, denoised]), denoised };
      },
      addNoise: (original, noise, index) => noisy(alphaAt(timesteps[index]!), original, noise),
    });
  },
});

/** The steps are spread over all windows, the first ones getting one more where they do not divide evenly. */
function windowTimesteps(windows: readonly TimeWindow[], { steps }: Run, train: number): number[] {
  if (steps < windows.length) {
    throw schedulerError(
      "SCHEDULER_PLAN",
      `${name}: ${steps} steps are too few for num_time_windows, ${windows.length}: each window needs one`,
      { scheduler: name, option: "steps", value: steps },
    );
  }
  return windows.flatMap(({ start, end }, i) => {
    const own = Math.floor(steps / windows.length) + (i < steps % windows.length ? 1 : 0);
    return Array.from({ length: own }, (_, k) => Math.trunc((start + (k * (end - start)) / own) * train));
  });
}
