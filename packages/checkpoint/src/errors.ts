import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [checkpointErrors, checkpointError] = defineErrors({
  CHECKPOINT_NOT_SAFETENSORS:
    "the file is of another format: a pickle, GGUF, an HTML page, a Git LFS pointer",
  CHECKPOINT_TRUNCATED: "the file is shorter than its header says",
  CHECKPOINT_HEADER: "the safetensors header is not what the format allows",
  CHECKPOINT_JSON: "a JSON file cannot be parsed",
  CHECKPOINT_DATA_TYPE: "a tensor's element type cannot be used",
  CHECKPOINT_CONFIG: "a field of a config has the wrong type or an impossible value",
  CHECKPOINT_UNSUPPORTED: "a kind of model, or a feature of a model, that is not supported",
  CHECKPOINT_FILE_MISSING: "a file of the checkpoint is missing",
  CHECKPOINT_PATH: "a path that leaves the checkpoint's folder",
  CHECKPOINT_WEIGHT_MISSING: "a weight of the model is missing",
  CHECKPOINT_WEIGHT_SHAPE: "a weight has a shape that does not fit the model",
  CHECKPOINT_COMPONENT_MISSING: "the file lacks a whole network: the U-Net, the VAE or the text encoder",
  CHECKPOINT_NOT_FINITE: "a weight holds NaN or infinity",
  EMBEDDING_FORMAT: "a file is not a textual inversion embedding of a form that is read",
  EMBEDDING_LENGTH: "an embedding has more vectors than a text encoder takes tokens",
  EMBEDDING_MODEL: "an embedding is made for another kind of model",
});

export type CheckpointErrorCode = keyof typeof checkpointErrors;

/** Codes of the warnings that this package gives. */
export const [checkpointWarnings, checkpointWarning] = defineWarnings({
  CHECKPOINT_ASSUMED_HEADS: "a single file does not tell its numbers of attention heads and norm groups",
  CHECKPOINT_ASSUMED_PREDICTION: "a single file does not tell what its U-Net predicts",
  CHECKPOINT_MIXED_TYPES: "some weights of a network are float16 and others bfloat16",
  CHECKPOINT_UNKNOWN_WEIGHTS: "a file holds tensors that the network has no place for",
  CHECKPOINT_UNUSED_COMPONENTS: "a diffusers folder has networks beside those of a plain model",
  CHECKPOINT_OTHER_VARIANT: "a component lacks files of the variant, so others were taken",
});
