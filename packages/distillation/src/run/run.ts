import { abortedError, SunstepError } from "@sunstep/errors";
import { writeSunAdapter } from "@sunstep/sun-adapter";
import type { BatchSource } from "../batches/batch-source.js";
import { distillationError } from "../errors.js";
import type { DistillEvent } from "../events.js";
import type { DistillOptions, DistillResult } from "../options.js";
import { adapterTensors } from "../training/adapter-layout.js";
import type { StepTrainer } from "../training/trainer.js";
import type { TrainingState } from "../training/training-state.js";
import { saveCheckpoint, stepName } from "./checkpoints.js";
import { learningRate } from "./learning-rate.js";
import type { LossHistory } from "./loss-history.js";
import type { Pace } from "./pace.js";
import { type PreviewOptions, paintPreview, previewPrompts } from "./previews.js";
import type { RunIdentity } from "./run-identity.js";

/** Steps in the running mean of the losses that events report. */
const RECENT = 50;

export interface RunParts {
  readonly options: DistillOptions;
  readonly identity: RunIdentity;
  readonly trainer: StepTrainer;
  readonly source: BatchSource;
  readonly pace: Pace;
  readonly history: LossHistory;
  /** The checkpoint that the run resumes from. */
  readonly checkpoint: string | undefined;
  readonly now: () => number;
}

/** A run with everything loaded. */
export class Run {
  readonly #parts: RunParts;
  /** The newest checkpoint. */
  #checkpoint: string | undefined;
  #savedStep: number;
  #savedAt: number;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#checkpoint = parts.checkpoint;
    this.#savedStep = parts.trainer.stepsDone;
    this.#savedAt = parts.now();
  }

  async finish(): Promise<DistillResult> {
    const { options, trainer, pace, history } = this.#parts;
    const { signal, previews } = options;
    this.#report({ type: "start", step: trainer.stepsDone, steps: pace.steps, checkpoint: this.#checkpoint });
    while (!pace.isOver) {
      if (signal?.aborted) await this.#stop();
      await this.#step();
      if (this.#isSaveDue()) await this.#save();
      if (previews && trainer.stepsDone % (previews.every ?? 250) === 0) await this.#preview(previews);
    }
    await this.#save();
    const adapter = this.#adapter(await trainer.state());
    return { adapter, steps: trainer.stepsDone, history: history.records };
  }

  async #step(): Promise<void> {
    const { identity, trainer, source, pace, history } = this.#parts;
    const { recipe } = identity;
    const step = trainer.stepsDone;
    const rate = learningRate(recipe.learningRate, step, pace.steps ?? Number.POSITIVE_INFINITY);
    const batch = await source.take(step);
    const result = await trainer.step(batch, rate).catch((error) => {
      throw this.#withCheckpoint(error);
    });
    source.give(result);
    history.add(result);
    const isFixed = pace.tick();
    const { steps, stepsPerSecond, secondsLeft } = pace;
    this.#report({
      type: "step",
      step: step + 1,
      steps,
      learningRate: rate,
      ...history.records.at(-1)!,
      recent: history.recent(RECENT),
      samplesPerSecond: stepsPerSecond * recipe.batch,
      secondsLeft,
    });
    if (isFixed && steps !== undefined) this.#report({ type: "steps", steps, stepsPerSecond });
  }

  #isSaveDue(): boolean {
    const { options, trainer, now } = this.#parts;
    const { everySteps = Number.POSITIVE_INFINITY, everySeconds = 300 } = options.checkpoints ?? {};
    return trainer.stepsDone - this.#savedStep >= everySteps || now() - this.#savedAt >= everySeconds * 1000;
  }

  /** Waits until the number of steps is known, since a resumed run must not measure it again. */
  async #save(): Promise<void> {
    const { options, identity, trainer, source, pace, history, now } = this.#parts;
    const { steps } = pace;
    if (!options.checkpoints || steps === undefined || trainer.stepsDone === this.#savedStep) return;
    const training = await trainer.state();
    const state = { identity, steps, training, source: source.save(), history };
    this.#checkpoint = await saveCheckpoint(options.checkpoints.folder, state, this.#adapter(training));
    this.#savedStep = training.step;
    this.#savedAt = now();
    this.#report({ type: "checkpoint", step: training.step, file: this.#checkpoint });
  }

  async #preview({ folder, prompts }: PreviewOptions): Promise<void> {
    const { options, identity, trainer } = this.#parts;
    const { model, data, signal } = options;
    const { stepsDone } = trainer;
    const file = `${stepName(stepsDone)}.png`;
    const shown = prompts ?? previewPrompts(data, identity.recipe);
    try {
      const adapter = this.#adapter(await trainer.state());
      await folder.write(file, await paintPreview(model, adapter, shown, data.shape, signal));
      this.#report({ type: "preview", step: stepsDone, file });
    } catch (error) {
      // A failed preview must not stop the training.
      if (!SunstepError.isInstance(error)) throw error;
      this.#report({ type: "warning", code: error.code, message: error.message });
    }
  }

  #adapter({ ema, step }: TrainingState): Uint8Array {
    const { model, recipe, seed, data, start } = this.#parts.identity;
    return writeSunAdapter(adapterTensors(this.#parts.trainer.layout, ema), {
      metadata: {
        format: "pt",
        model: model.name,
        data: data.name,
        ...(start && { start: start.name }),
        steps: String(step),
        seed: String(seed),
        recipe: JSON.stringify(recipe),
      },
    });
  }

  async #stop(): Promise<never> {
    await this.#save();
    const { options, trainer } = this.#parts;
    const { stepsDone: step } = trainer;
    throw abortedError(options.signal, `stopped after step ${step}; ${this.#lastCheckpoint()}`, {
      step,
      checkpoint: this.#checkpoint,
    });
  }

  #withCheckpoint(error: unknown): unknown {
    if (!SunstepError.isInstance(error, "TRAINING_NOT_FINITE")) return error;
    const details = { ...error.details, checkpoint: this.#checkpoint, cause: error };
    return distillationError("TRAINING_NOT_FINITE", `${error.message}; ${this.#lastCheckpoint()}`, details);
  }

  #lastCheckpoint(): string {
    const { checkpoints } = this.#parts.options;
    if (!this.#checkpoint) return "there is no checkpoint";
    return `the last checkpoint is ${this.#checkpoint} in ${checkpoints?.folder.name}`;
  }

  #report(event: DistillEvent): void {
    this.#parts.options.onProgress?.(event);
  }
}
