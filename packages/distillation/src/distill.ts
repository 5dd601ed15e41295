import { SunstepError } from "@sunstep/errors";
import { writeSunAdapter } from "@sunstep/sun-adapter";
import { adapterTensors } from "./adapter-layout.js";
import type { BatchSource } from "./batch-source.js";
import { listCheckpoints, loadCheckpoint, saveCheckpoint } from "./checkpoints.js";
import { dataBatches } from "./data-batches.js";
import { distillationError } from "./errors.js";
import type { DistillListener } from "./events.js";
import { modelFingerprint } from "./fingerprint.js";
import { learningRate } from "./learning-rate.js";
import { LossHistory, type LossRecord } from "./loss-history.js";
import { mixedBatches } from "./mixed-batches.js";
import { Pace } from "./pace.js";
import { type PreviewOptions, paintPreview, previewPrompts } from "./previews.js";
import { PromptEmbeddings } from "./prompt-embeddings.js";
import { parseRecipe, type Recipe, type RecipeInput } from "./recipe.js";
import type { RunFolder } from "./run-folder.js";
import { checkSameRun, type RunIdentity } from "./run-identity.js";
import type { RunState } from "./run-state.js";
import type { TrainedModel } from "./trained-model.js";
import { Trainer } from "./trainer.js";
import type { PromptData, TrainingData } from "./training-data.js";
import { initialState, type TrainingState } from "./training-state.js";
import { trajectoryBatches } from "./trajectory-batches.js";

export interface CheckpointOptions {
  readonly folder: RunFolder;
  /** Go on from the newest checkpoint of the folder. Default: there must be none. */
  readonly resume?: boolean;
  /** Steps between two checkpoints. Default: only the time counts. */
  readonly everySteps?: number;
  /** Seconds between two checkpoints. Default 300. */
  readonly everySeconds?: number;
}

export interface DistillOptions {
  readonly model: TrainedModel;
  /** Pictures with captions; or prompts alone, and samples follow the teacher. */
  readonly data: TrainingData | PromptData;
  /** Default: `defaultRecipe`. */
  readonly recipe?: RecipeInput;
  /** A whole number of at least 0, default 0. The same model, data, recipe and seed give the same adapter. */
  readonly seed?: number;
  /** Train for about so many seconds from now, instead of the recipe's steps. */
  readonly seconds?: number;
  readonly checkpoints?: CheckpointOptions;
  readonly previews?: PreviewOptions;
  readonly onProgress?: DistillListener;
  /** Stops after the step under way; where there is a folder for them, a checkpoint is written. */
  readonly signal?: AbortSignal;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

export interface DistillResult {
  /** The adapter's file, in the authors' format: the moving average of the weights, float16. */
  readonly adapter: Uint8Array;
  readonly steps: number;
  /** The losses of every step. */
  readonly history: readonly LossRecord[];
}

/** Steps over which losses are averaged for the eye. */
const RECENT = 50;

/**
 * Trains a SUN adapter for a model. The model's runtime must be able to run training graphs; it is not disposed of.
 * @throws SunstepError: codes of `distillationErrors`, of the backend, and of what reads the model's files
 */
export async function distill(options: DistillOptions): Promise<DistillResult> {
  const { model, data, seed = 0, signal, now = () => performance.now() } = options;
  const recipe = parseRecipe(options.recipe ?? {});
  checkSeed(seed);
  checkShape(model, data);
  const identity: RunIdentity = {
    model: { name: model.name, fingerprint: await modelFingerprint(model) },
    data: { name: data.name, fingerprint: data.fingerprint },
    recipe,
    seed,
  };
  const resumed = await resume(options, identity);
  const training =
    resumed?.state.training ??
    (await initialState(model.unet, recipe.variant, { alpha: recipe.initialAlpha }));
  const pace = new Pace({
    steps: resumed?.state.steps ?? (options.seconds === undefined ? recipe.steps : undefined),
    seconds: options.seconds,
    done: training.step,
    now,
  });
  const embeddings = await PromptEmbeddings.create(model);
  try {
    const source = batchSource(options, recipe, seed, embeddings);
    if (resumed) source.restore(resumed.state.source);
    const [, height, width] = data.shape;
    const { kind, c } = recipe.distance;
    const distance = kind === "huber" ? { kind, c } : { kind };
    const sizes = { height, width, tokens: embeddings.tokens };
    const trainer = await Trainer.create(
      { ...recipe, ...model, ...sizes, distance, ...(signal && { signal }) },
      training,
    );
    try {
      const history = resumed?.state.history ?? new LossHistory();
      return await new Run(options, identity, trainer, source, pace, history, resumed?.name).finish();
    } finally {
      await trainer.dispose();
    }
  } finally {
    await embeddings.dispose();
  }
}

/** A run whose parts are loaded. */
class Run {
  readonly #options: DistillOptions;
  readonly #identity: RunIdentity;
  readonly #trainer: Trainer;
  readonly #source: BatchSource;
  readonly #pace: Pace;
  readonly #history: LossHistory;
  readonly #now: () => number;
  #checkpoint: string | undefined;
  #savedStep: number;
  #savedAt: number;

  constructor(
    options: DistillOptions,
    identity: RunIdentity,
    trainer: Trainer,
    source: BatchSource,
    pace: Pace,
    history: LossHistory,
    checkpoint: string | undefined,
  ) {
    this.#options = options;
    this.#identity = identity;
    this.#trainer = trainer;
    this.#source = source;
    this.#pace = pace;
    this.#history = history;
    this.#now = options.now ?? (() => performance.now());
    this.#checkpoint = checkpoint;
    this.#savedStep = trainer.stepsDone;
    this.#savedAt = this.#now();
  }

  async finish(): Promise<DistillResult> {
    const { signal, previews } = this.#options;
    this.#report({
      type: "start",
      step: this.#trainer.stepsDone,
      steps: this.#pace.steps,
      checkpoint: this.#checkpoint,
    });
    while (!this.#pace.isOver) {
      if (signal?.aborted) await this.#stop();
      await this.#step();
      if (this.#isSaveDue()) await this.#save();
      if (previews && this.#trainer.stepsDone % (previews.every ?? 250) === 0) await this.#preview();
    }
    await this.#save();
    return {
      adapter: this.#adapter(await this.#trainer.state()),
      steps: this.#trainer.stepsDone,
      history: this.#history.records,
    };
  }

  async #step(): Promise<void> {
    const { recipe } = this.#identity;
    const step = this.#trainer.stepsDone;
    const rate = learningRate(recipe.learningRate, step, this.#pace.steps ?? Number.POSITIVE_INFINITY);
    const batch = await this.#source.take(step);
    const result = await this.#trainer.step(batch, rate).catch((error) => {
      throw this.#withCheckpoint(error);
    });
    this.#source.give(result);
    this.#history.add(result);
    const isFixed = this.#pace.tick();
    this.#report({
      type: "step",
      step: step + 1,
      steps: this.#pace.steps,
      learningRate: rate,
      ...this.#history.records.at(-1)!,
      recent: this.#history.recent(RECENT),
      samplesPerSecond: this.#pace.stepsPerSecond * recipe.batch,
      secondsLeft: this.#pace.secondsLeft,
    });
    if (isFixed) {
      const { steps = 0, stepsPerSecond } = this.#pace;
      this.#report({ type: "steps", steps, stepsPerSecond });
    }
  }

  #isSaveDue(): boolean {
    const { everySteps = Number.POSITIVE_INFINITY, everySeconds = 300 } = this.#options.checkpoints ?? {};
    return (
      this.#trainer.stepsDone - this.#savedStep >= everySteps ||
      this.#now() - this.#savedAt >= everySeconds * 1000
    );
  }

  /** Not before the number of steps is known: a run that goes on must not measure it anew. */
  async #save(): Promise<void> {
    const { checkpoints } = this.#options;
    const { steps } = this.#pace;
    if (!checkpoints || steps === undefined || this.#trainer.stepsDone === this.#savedStep) return;
    const training = await this.#trainer.state();
    const state: RunState = {
      identity: this.#identity,
      steps,
      training,
      source: this.#source.save(),
      history: this.#history,
    };
    const file = await saveCheckpoint(checkpoints.folder, state, this.#adapter(training));
    this.#checkpoint = file;
    this.#savedStep = state.training.step;
    this.#savedAt = this.#now();
    this.#report({ type: "checkpoint", step: state.training.step, file });
  }

  async #preview(): Promise<void> {
    const { model, data, signal, previews } = this.#options;
    const { stepsDone } = this.#trainer;
    const file = `step-${String(stepsDone).padStart(8, "0")}.png`;
    const prompts = previews?.prompts ?? previewPrompts(data, this.#identity.recipe);
    try {
      const adapter = this.#adapter(await this.#trainer.state());
      const sheet = await paintPreview(model, adapter, prompts, data.shape, signal);
      await previews?.folder.write(file, sheet);
      this.#report({ type: "preview", step: stepsDone, file });
    } catch (error) {
      // A picture that cannot be shown is no reason to stop training.
      if (!SunstepError.isInstance(error)) throw error;
      this.#report({ type: "warning", code: error.code, message: error.message });
    }
  }

  #adapter({ ema, step }: TrainingState): Uint8Array {
    const { model, recipe, seed, data } = this.#identity;
    return writeSunAdapter(adapterTensors(this.#trainer.layout, ema), {
      metadata: {
        format: "pt",
        model: model.name,
        data: data.name,
        steps: String(step),
        seed: String(seed),
        recipe: JSON.stringify(recipe),
      },
    });
  }

  async #stop(): Promise<never> {
    await this.#save();
    const step = this.#trainer.stepsDone;
    throw distillationError("TRAINING_ABORTED", `stopped after step ${step}; ${this.#lastCheckpoint()}`, {
      step,
      checkpoint: this.#checkpoint,
      cause: this.#options.signal?.reason,
    });
  }

  #withCheckpoint(error: unknown): unknown {
    if (!SunstepError.isInstance(error, "TRAINING_NOT_FINITE")) return error;
    const details = { ...error.details, checkpoint: this.#checkpoint, cause: error };
    return distillationError("TRAINING_NOT_FINITE", `${error.message}; ${this.#lastCheckpoint()}`, details);
  }

  #lastCheckpoint(): string {
    const { checkpoints } = this.#options;
    if (!this.#checkpoint) return "there is no checkpoint";
    return `the last checkpoint is ${this.#checkpoint} in ${checkpoints?.folder.name}`;
  }

  #report(event: Parameters<DistillListener>[0]): void {
    this.#options.onProgress?.(event);
  }
}

function batchSource(
  { data, model }: DistillOptions,
  recipe: Recipe,
  seed: number,
  embeddings: PromptEmbeddings,
): BatchSource {
  const common = { recipe, seed, model, embeddings };
  if (!("latents" in data)) return trajectoryBatches({ ...common, data });
  const fromNoise = Math.round(recipe.batch * recipe.trajectories);
  const sized = (batch: number) => ({ ...common, recipe: { ...recipe, batch } });
  if (fromNoise === 0) return dataBatches({ ...common, data });
  const pictures = recipe.batch - fromNoise;
  // Another seed, or both would draw the same prompts and noise.
  const trajectories = trajectoryBatches({ ...sized(fromNoise), data, seed: seed + 1 });
  if (pictures === 0) return trajectories;
  return mixedBatches(dataBatches({ ...sized(pictures), data }), trajectories, pictures);
}

async function resume({ checkpoints, onProgress }: DistillOptions, identity: RunIdentity) {
  if (!checkpoints) return undefined;
  const { folder } = checkpoints;
  if (!checkpoints.resume) {
    const [taken] = await listCheckpoints(folder);
    if (taken === undefined) return undefined;
    throw distillationError(
      "RUN_FOLDER_TAKEN",
      `${folder.name} holds ${taken} of an earlier run: go on with that run, or name another folder`,
      { folder: folder.name, checkpoint: taken },
    );
  }
  const found = await loadCheckpoint(folder, (error) =>
    onProgress?.({ type: "warning", code: "RESUME_BROKEN", message: error.message }),
  );
  checkSameRun(found.state.identity, identity, found.name);
  return found;
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw distillationError("RECIPE_FIELD", `seed ${seed}: it must be a whole number of at least 0`, {
    field: "seed",
  });
}

function checkShape({ unet: { config } }: TrainedModel, { name, shape }: PromptData): void {
  const [channels, height, width] = shape;
  const multiple = 2 ** (config.down_block_types.length - 1);
  if (channels === config.in_channels && height % multiple === 0 && width % multiple === 0) return;
  throw distillationError(
    "DATA_LATENTS",
    `${name}: latents are [${shape.join(", ")}]; this U-Net takes [${config.in_channels}, height, width] with multiples of ${multiple}`,
    { data: name, shape, channels: config.in_channels, multiple },
  );
}
