import { distillationError } from "../src/errors.js";
import { type AdapterTensor, adapterLayout } from "../src/training/adapter-layout.js";
import { stageSpan } from "../src/training/stages.js";
import type { Batch, StepResult, StepTrainer, TrainerOptions } from "../src/training/trainer.js";
import type { TrainingState } from "../src/training/training-state.js";

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

const sumOf = (conditioning: Batch["positive"]) =>
  Object.values(conditioning).reduce((total, { data }) => total + sum(data), 0);

/** Behaviour that a test sets. */
export const faults: { notFiniteAt: number | undefined; onStep: (step: number) => void } = {
  notFiniteAt: undefined,
  onStep: () => undefined,
};

/** Trains nothing, but its losses depend on every input of a step and on all earlier steps. */
export class FakeTrainer implements StepTrainer {
  readonly layout: readonly AdapterTensor[];
  readonly #options: TrainerOptions;
  #state: TrainingState;

  private constructor(options: TrainerOptions, state: TrainingState) {
    this.#options = options;
    this.#state = state;
    this.layout = adapterLayout(options.unet, options.variant);
  }

  static async create(options: TrainerOptions, state: TrainingState): Promise<FakeTrainer> {
    return new FakeTrainer(options, state);
  }

  get stepsDone(): number {
    return this.#state.step;
  }

  async step(
    { sample, timesteps, positive, negative, guidance }: Batch,
    learningRate: number,
  ): Promise<StepResult> {
    const step = this.#state.step + 1;
    faults.onStep(step);
    if (step === faults.notFiniteAt)
      throw distillationError("TRAINING_NOT_FINITE", `step ${step}: the loss is NaN`, { step });
    const { parameters, moment1, moment2, ema } = this.#state;
    const msc = sum(sample) + sum(timesteps) + sumOf(positive) + Math.abs(parameters[0]!);
    const cfg = sumOf(negative) + sum(guidance) + ema[1]!;
    const change = learningRate * Math.sin(msc);
    this.#state = {
      step,
      parameters: parameters.map((value) => value - change),
      moment1: moment1.map((value) => value + cfg),
      moment2: moment2.map((value) => value + change),
      ema: ema.map((value, i) => 0.9 * value + 0.1 * parameters[i]!),
    };
    return {
      loss: msc + 0.5 * cfg,
      msc,
      cfg,
      gradientNorm: Math.abs(change),
      teacher: {
        sample: sample.map((value) => 0.9 * value),
        timesteps: timesteps.map((t) => stageSpan(t, this.#options).teacher),
      },
    };
  }

  async state(): Promise<TrainingState> {
    return this.#state;
  }

  async dispose(): Promise<void> {}
}
