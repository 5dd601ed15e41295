import { SunstepError } from "@sunstep/errors";

/** Codes of the errors that this package throws; reading a file throws those of `@sunstep/checkpoint`. */
export const LORA_ERRORS = {
  LORA_SHAPE: "an update has another shape than the weight that it changes",
  LORA_SCALE: "a scale is not a finite number",
} as const;

export type LoraErrorCode = keyof typeof LORA_ERRORS;

export function loraError(
  code: LoraErrorCode,
  message: string,
  details: Record<string, unknown>,
): SunstepError {
  return new SunstepError(code, message, details);
}
