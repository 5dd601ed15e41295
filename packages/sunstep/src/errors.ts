import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws itself; the packages below have their own. */
export const [sunstepErrors, sunstepError] = defineErrors({
  MODEL_DISPOSED: "the model was disposed of",
  ADAPTER_UNKNOWN: "no adapter of this name is loaded",
  ADAPTER_SCALE: "an adapter's scale is not a number",
  ADAPTER_IS_FOLDER: "a folder was given where an adapter's .safetensors file belongs",
  TAESD_IS_FILE: "a file was given where the folder of a tiny autoencoder belongs",
  IMAGE_FILE_MISSING: "an image to read is not there, or may not be read",
  IMAGE_FILE_FORMAT: "images are written as .png only",
});
