import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws; reading a file throws those of `@sunstep/checkpoint`. */
export const [loraErrors, loraError] = defineErrors({
  LORA_SHAPE: "an update has another shape than the weight that it changes",
  LORA_SCALE: "a scale is not a finite number",
});

export type LoraErrorCode = keyof typeof loraErrors;
