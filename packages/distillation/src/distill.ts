import { forwardProcess } from "@sunstep/scheduler";
import { batchesOfRecipe } from "./batches/batches-of-recipe.js";
import { type EmbeddingOptions, PromptEmbeddings } from "./batches/prompt-embeddings.js";
import { asBytes, fingerprint, modelFingerprint } from "./data/fingerprint.js";
import type { PromptData } from "./data/training-data.js";
import { distillationError } from "./errors.js";
import type { DistillOptions, DistillResult } from "./options.js";
import { parseRecipe, type Recipe } from "./recipe.js";
import { listCheckpoints, loadCheckpoint } from "./run/checkpoints.js";
import { LossHistory } from "./run/loss-history.js";
import { Pace } from "./run/pace.js";
import { Run } from "./run/run.js";
import { checkSameRun, type RunIdentity } from "./run/run-identity.js";
import type { TrainedModel } from "./trained-model.js";
import { type StepTrainer, Trainer, type TrainerOptions } from "./training/trainer.js";
import { initialState, stateOfAdapter, type TrainingState } from "./training/training-state.js";

/**
 * Trains a SUN adapter for a model. The model's runtime must be able to run training graphs; the caller disposes of it.
 * @throws SunstepError: codes of `distillationErrors`, of the backend, and of the readers of the model's files
 */
export function distill(options: DistillOptions): Promise<DistillResult> {
  return distillWith(Trainer.create, options);
}

/** Runs `distill` with a given trainer. */
export async function distillWith(
  createTrainer: (options: TrainerOptions, state: TrainingState) => Promise<StepTrainer>,
  options: DistillOptions,
): Promise<DistillResult> {
  const { model, data, seed = 0, signal, memoryLimit, now = () => performance.now() } = options;
  const recipe = parseRecipe(options.recipe ?? {});
  checkSeed(seed);
  checkMemoryLimit(options);
  checkModel(model, data, recipe);
  const start = options.start
    ? await stateOfAdapter(model.unet, recipe.variant, options.start)
    : await initialState(model.unet, recipe.variant, { alpha: recipe.initialAlpha });
  const identity: RunIdentity = {
    model: { name: model.name, fingerprint: await modelFingerprint(model) },
    data: { name: data.name, fingerprint: data.fingerprint },
    ...(options.start && {
      start: { name: options.start.file, fingerprint: await fingerprint([asBytes(start.parameters)]) },
    }),
    recipe,
    seed,
  };
  const { state, name } = (await resume(options, identity)) ?? {};
  const training = state?.training ?? start;
  const pace = new Pace({
    steps: state?.steps ?? (options.seconds === undefined ? recipe.steps : undefined),
    seconds: options.seconds,
    done: training.step,
    now,
  });
  const embeddings = await PromptEmbeddings.create(
    model,
    data.shape,
    memoryLimit === undefined ? {} : smallEmbeddings,
  );
  try {
    const source = batchesOfRecipe({ data, model, recipe, seed, embeddings });
    if (state) source.restore(state.source);
    const [, height, width] = data.shape;
    const { kind, c } = recipe.distance;
    const distance = kind === "huber" ? { kind, c } : { kind };
    const sizes = { height, width, tokens: embeddings.tokens };
    const trainer = await createTrainer(
      {
        ...recipe,
        ...model,
        ...sizes,
        distance,
        negativeStrength: recipe.negatives.strength,
        ...(memoryLimit !== undefined && { memoryLimit, memoryHeld: embeddings.bytes }),
        ...(signal && { signal }),
      },
      training,
    );
    if (memoryLimit !== undefined && trainer.memory) {
      const { bytes, parts, repeated } = trainer.memory;
      options.onProgress?.({ type: "memory", limit: memoryLimit, bytes, parts, repeated });
    }
    try {
      const history = state?.history ?? new LossHistory();
      return await new Run({
        options,
        identity,
        trainer,
        source,
        pace,
        history,
        checkpoint: name,
        now,
      }).finish();
    } finally {
      await trainer.dispose();
    }
  } finally {
    await embeddings.dispose();
  }
}

async function resume({ checkpoints, onProgress }: DistillOptions, identity: RunIdentity) {
  if (!checkpoints) return undefined;
  const { folder } = checkpoints;
  if (!checkpoints.resume) {
    const [taken] = await listCheckpoints(folder);
    if (taken === undefined) return undefined;
    throw distillationError(
      "TRAINING_FOLDER_TAKEN",
      `${folder.name} holds ${taken} of an earlier run: resume that run, or choose another folder`,
      { folder: folder.name, checkpoint: taken },
    );
  }
  const found = await loadCheckpoint(folder, (error) =>
    onProgress?.({ type: "warning", code: "TRAINING_RESUME_BROKEN", message: error.message }),
  );
  checkSameRun(found.state.identity, identity, found.name);
  return found;
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw distillationError("TRAINING_RECIPE", `seed ${seed}: it must be a whole number of at least 0`, {
    field: "seed",
  });
}

function checkMemoryLimit({ memoryLimit, previews }: DistillOptions): void {
  if (memoryLimit === undefined) return;
  const problem =
    !(memoryLimit > 0) || !Number.isFinite(memoryLimit)
      ? "it must be a number of bytes above 0"
      : previews && "previews load the model a second time, so they cannot be had with a limit";
  if (!problem) return;
  throw distillationError("TRAINING_MEMORY", `memoryLimit ${memoryLimit}: ${problem}`, {
    limit: memoryLimit,
  });
}

/** Text encoders of a run with a memory limit: 64 MB hold the embeddings of some 500 prompts of SD1.5. */
const smallEmbeddings: EmbeddingOptions = { capacity: 64e6, load: { weights: "stored" } };

function checkModel(
  { unet: { config }, schedulerConfig }: TrainedModel,
  { name, shape }: PromptData,
  { boundaries }: Recipe,
): void {
  const [channels, height, width] = shape;
  const multiple = 2 ** (config.down_block_types.length - 1);
  if (channels !== config.in_channels || height % multiple !== 0 || width % multiple !== 0) {
    throw distillationError(
      "TRAINING_LATENTS",
      `${name}: latents are [${shape.join(", ")}]; this U-Net takes [${config.in_channels}, height, width] with multiples of ${multiple}`,
      { data: name, shape, channels: config.in_channels, multiple },
    );
  }
  const last = forwardProcess(schedulerConfig).alphasCumprod.length - 1;
  const [highest = -1] = boundaries;
  if (highest < last) return;
  throw distillationError(
    "TRAINING_RECIPE",
    `boundaries ${boundaries.join(", ")}: they must be below ${last}, the model's last timestep`,
    { field: "boundaries", value: boundaries },
  );
}
