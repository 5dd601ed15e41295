import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors that this package throws itself; the packages below have their own. */
export const [sunstepErrors, sunstepError] = defineErrors({
  MODEL_DISPOSED: "the model was disposed of",
  NEGATIVE_UNKNOWN: "negative prompts are to be read by a method that is not known, or not loaded",
  ADAPTER_UNKNOWN: "no adapter of this name is loaded",
  ADAPTER_SCALE: "an adapter's scale is not a number",
  ADAPTER_IS_FOLDER: "a folder was given where an adapter's .safetensors file belongs",
  ADAPTER_FOLDER: "a folder of LoRAs or embeddings is not there, or cannot be given in this form",
  ACCELERATION_UNKNOWN: "a file or a name is no few-step method's",
  PROMPT_LORA_UNKNOWN: "the folder of LoRAs has none of the name in a prompt",
  PROMPT_LORA_AMBIGUOUS: "the folder of LoRAs has several of the name in a prompt",
  PROMPT_EMBEDDING_AMBIGUOUS: "the folder of embeddings has several of the name in a prompt",
  PROMPT_LORAS_DIFFER: "prompts of one call name different LoRAs",
  EMBEDDED_MODEL_MISSING: "the files of the embedded model are not where the program looks for them",
  TAESD_OTHER_MODEL: "a tiny autoencoder decodes latents of another kind of model",
  IMAGE_FILE_MISSING: "an image to read is not there, or may not be read",
  IMAGE_FILE_FORMAT: "images are written as .png only",
});

/** Codes of the warnings that this package gives. */
export const [sunstepWarnings, sunstepWarning] = defineWarnings({
  PARAMETERS_UNKNOWN: "an image's text has settings that are not known here",
  PROMPT_TAG_UNUSED: "a tag in a prompt, as <lora:name:0.8>, has no effect",
});
