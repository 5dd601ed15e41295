import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [loraErrors, loraError] = defineErrors({
  LORA_ALPHA: "an alpha is not one number of a usual size",
  LORA_AMBIGUOUS: "two tensors are the same factor, or two changes of one weight",
  LORA_CONFIG: "a field of PEFT's config has the wrong type, or a pattern that is not safe to match",
  LORA_DATA_TYPE: "a factor is stored in a type that is not a float",
  LORA_FILE_MISSING: "a folder holds no adapter, or several",
  LORA_INCOMPLETE: "a factor of a module is there without the others",
  LORA_NO_TARGET: "the model has none of the modules that the file changes",
  LORA_RANK: "the factors of a module have different ranks, or none",
  LORA_SCALE: "a scale is not a finite number",
  LORA_SHAPE: "the factors of a module do not fit the weight that they change",
  LORA_UNSUPPORTED:
    "an adapter of another kind than LoRA, LoCon, LoHa, LoKr, DoRA and differences of weights",
});

export type LoraErrorCode = keyof typeof loraErrors;

/** Codes of the warnings that this package gives. */
export const [loraWarnings, loraWarning] = defineWarnings({
  LORA_ASSUMED_ALPHA: "a file of PEFT came without the adapter_config.json that holds its strength",
  LORA_SCALAR_UNUSED: "a file states strengths of LyCORIS that are not applied",
  LORA_UNKNOWN_MODULES: "the model lacks some of the modules that the file changes",
});
