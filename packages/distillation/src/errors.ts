import { SunstepError, type SunstepErrorOptions } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const distillationErrors = {
  RECIPE_FIELD: "a field of the recipe is unknown, or has a value that it cannot have",
  DATA_FILE_MISSING: "the data folder lacks a file",
  DATA_LATENTS: "latents.safetensors is not what the model trains on",
  DATA_CAPTIONS: "a line of captions.jsonl, or of a list of prompts, cannot be used",
  START_MISMATCH: "the adapter to begin with is of another variant, or for another model",
  TRAINING_NOT_FINITE: "a loss or gradient became NaN or infinite; the last good checkpoint is kept",
  STATE_LENGTH: "a training state does not fit the model: it is of another adapter",
  TRAINING_ABORTED: "the run was cancelled; a checkpoint was written where there is a folder for them",
  RESUME_NOT_FOUND: "there is no checkpoint to go on from",
  RESUME_MISMATCH: "the checkpoint is of another run: its model, data, recipe or seed differs",
  RESUME_BROKEN: "the checkpoint is not one of this package, or incomplete",
  RUN_FOLDER_TAKEN: "the folder holds checkpoints of a run that was not asked to go on",
} as const;

export type DistillationErrorCode = keyof typeof distillationErrors;

export function distillationError(
  code: DistillationErrorCode,
  message: string,
  options?: SunstepErrorOptions,
): SunstepError {
  return new SunstepError(code, message, options);
}
