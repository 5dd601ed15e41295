import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [distillationErrors, distillationError] = defineErrors({
  TRAINING_RECIPE: "a field of the recipe is unknown or has an invalid value",
  TRAINING_DATA_MISSING: "the data folder lacks a file",
  TRAINING_LATENTS: "latents.safetensors does not fit the model",
  TRAINING_CAPTIONS: "a line of captions.jsonl, or of a list of prompts, cannot be used",
  TRAINING_START_MISMATCH: "the adapter to begin with is of another variant, or for another model",
  TRAINING_MEMORY: "a training step cannot stay within the memory limit; `smallest` is the least that it can",
  TRAINING_NOT_FINITE: "a loss or gradient became NaN or infinite; the last good checkpoint is kept",
  TRAINING_STATE_LENGTH: "a training state does not fit the model: it is of another adapter",
  TRAINING_RESUME_NOT_FOUND: "there is no checkpoint to resume from",
  TRAINING_RESUME_MISMATCH: "the checkpoint is of another run: its model, data, recipe or seed differs",
  TRAINING_RESUME_BROKEN: "the checkpoint is not one of this package, or incomplete",
  TRAINING_FOLDER_TAKEN: "the folder holds checkpoints, and `resume` was not set",
});

export type DistillationErrorCode = keyof typeof distillationErrors;
