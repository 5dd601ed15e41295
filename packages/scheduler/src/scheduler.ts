// The interface of every scheduler. A scheduler is a config that was checked; `plan` makes a schedule, which is one run
// over it and keeps what multistep methods remember.

/** diffusers' scheduler_config.json, as it is; keys that the named class does not know are ignored. */
export interface SchedulerConfig {
  readonly _class_name?: unknown;
  /** The same as `_class_name`, as some tools write it. */
  readonly class?: unknown;
  readonly [option: string]: unknown;
}

export interface PlanOptions {
  /** Number of denoising steps. Ignored when `timesteps` or `sigmas` are given. */
  readonly steps?: number;
  /** Image-to-image: the share (0, 1] of the steps that is run, as diffusers' get_timesteps cuts them. */
  readonly strength?: number;
  /** Custom timesteps, descending, where diffusers' class takes them. */
  readonly timesteps?: readonly number[];
  /** Custom sigmas, descending and with the final one, where diffusers' class takes them (Euler). */
  readonly sigmas?: readonly number[];
  /** DDIM: 0 is deterministic, 1 is DDPM (default 0). TCD: the paper's gamma (default 0.3). */
  readonly eta?: number;
  /** DDIM: derive the noise again from the clipped sample. */
  readonly useClippedModelOutput?: boolean;
  /** Euler: S_churn, S_tmin, S_tmax, S_noise of Karras et al. 2022 (default: no churn). */
  readonly sChurn?: number;
  readonly sTmin?: number;
  readonly sTmax?: number;
  readonly sNoise?: number;
  /** LMS: number of derivatives that are combined (default 4). */
  readonly order?: number;
  /** LCM and TCD: steps of the schedule that the model was distilled on (default: the config's). */
  readonly originalInferenceSteps?: number;
  /** LCM and TCD: takes all steps from this share (0, 1] of the teacher's schedule, its clean end (default 1). */
  readonly teacherStrength?: number;
  /** Number of samples in each array, for dynamic thresholding, which looks at one sample at a time (default 1). */
  readonly batch?: number;
}

export interface StepResult {
  /** The sample at the next timestep. */
  readonly sample: Float32Array;
  /** The clean sample that this step's model output implies; a preview. */
  readonly denoised: Float32Array;
}

/** One run. Arrays are flat, all of one length, in any layout: schedulers work element by element. */
export interface Schedule {
  /** diffusers' class name of the scheduler that planned this run. */
  readonly name: string;
  /** One per network evaluation, in order; already cut by `strength`. */
  readonly timesteps: readonly number[];
  /** Noise level at each of `timesteps`, then the final one; only of schedulers that work on sigmas. */
  readonly sigmas?: readonly number[];
  /** Unit noise times this is the first sample of text-to-image. */
  readonly initNoiseSigma: number;
  /** Evaluations that `strength` cut off the front. */
  readonly beginIndex: number;
  /** Returns the network's input for `sample` at `timesteps[index]`. */
  scaleModelInput(sample: Float32Array, index: number): Float32Array;
  /**
   * One step from `timesteps[index]`. Calls must be in order, from 0. `noise` is called when this step needs unit
   * Gaussian noise of the sample's length, exactly when diffusers would draw it.
   */
  step(modelOutput: Float32Array, index: number, sample: Float32Array, noise: () => Float32Array): StepResult;
  /** `original` with the noise that it has at `timesteps[index]`; index 0 starts image-to-image. */
  addNoise(original: Float32Array, noise: Float32Array, index: number): Float32Array;
}

export interface Scheduler {
  /** diffusers' class name. */
  readonly name: string;
  /** The checked options, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Network evaluations per step (2 for Heun). */
  readonly order: number;
  /** True if steps draw noise with any run options. */
  readonly needsNoise: boolean;
  /** Options that `plan` takes beyond steps, strength and batch. */
  readonly takes: readonly (keyof PlanOptions)[];
  /** Throws `SCHEDULER_PLAN` or `SCHEDULER_ZERO_SNR`. */
  plan(options: PlanOptions): Schedule;
}
