import { listNames, type SafetensorsFile } from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import { loraWarning } from "../errors.js";
import { isScalar } from "./tensor-names.js";

export interface ReadingFacts {
  readonly unknown: readonly string[];
  /** Some update's strength was not told. */
  readonly assumed: boolean;
}

/** Returns the warnings about parts of a file that are left out or assumed. */
export function readingWarnings(
  file: SafetensorsFile,
  { unknown, assumed }: ReadingFacts,
): readonly SunstepWarning[] {
  const where = file.source.name;
  const scalars = [...file.tensors.keys()].filter(isScalar);
  return [
    ...(unknown.length > 0
      ? [
          loraWarning(
            "LORA_UNKNOWN_MODULES",
            `${where}: the model lacks these modules, so that part of the LoRA is left out: ${listNames(unknown)}`,
            { file: where, unknown },
          ),
        ]
      : []),
    ...(assumed && isPeftsOwn(file)
      ? [
          loraWarning(
            "LORA_ASSUMED_ALPHA",
            `${where}: this file is PEFT's own, whose strength is in adapter_config.json. It was not given, so the update ` +
              "is applied unscaled. Give the folder that holds both",
            { file: where },
          ),
        ]
      : []),
    ...(scalars.length > 0
      ? [
          loraWarning(
            "LORA_SCALAR_UNUSED",
            `${where}: ${listNames(scalars)}: strengths of LyCORIS are not applied, as LyCORIS itself does not when it ` +
              "loads a file. If the LoRA acts too strongly, lower its scale",
            { file: where, tensors: scalars },
          ),
        ]
      : []),
  ];
}

/** PEFT's save_pretrained puts this in front of all names. */
const isPeftsOwn = (file: SafetensorsFile): boolean =>
  [...file.tensors.keys()].every((name) => name.startsWith("base_model.model."));
