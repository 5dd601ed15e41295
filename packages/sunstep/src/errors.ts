import { SunstepError, type SunstepErrorOptions } from "@sunstep/errors";

/** Codes of the errors that this package throws itself; the packages below have their own. */
export const sunstepErrors = {
  LOAD_ABORTED: "loading was cancelled",
  ADAPTER_UNKNOWN: "no adapter of this name is loaded",
  ADAPTER_SCALE: "an adapter's scale is not a number",
  ADAPTER_IS_FOLDER: "a folder was given where an adapter's .safetensors file belongs",
  TAESD_IS_FILE: "a file was given where the folder of a tiny autoencoder belongs",
  IMAGE_FILE_MISSING: "a picture to read is not there, or may not be read",
  IMAGE_FILE_FORMAT: "pictures are written as .png only",
} as const;

export function sunstepError(
  code: keyof typeof sunstepErrors | "PIPELINE_ABORTED" | "PIPELINE_DISPOSED",
  message: string,
  options?: SunstepErrorOptions,
): SunstepError {
  return new SunstepError(code, message, options);
}
