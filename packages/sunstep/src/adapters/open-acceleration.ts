import {
  type FewStepMethod,
  fewStepMethods,
  licenseWarnings,
  methodAcceleration,
  type RecognisedMethod,
  recognisedWarning,
} from "@sunstep/accelerations";
import type { SunstepWarning } from "@sunstep/errors";
import type { Acceleration } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";
import type { Find } from "../loading/find-files.js";
import { type AccelerationSource, withOptions } from "../loading/load-options.js";
import { type AdapterSource, fileStem, nameOf } from "../loading/model-source.js";
import { type LoraModel, openRecognisedLora } from "./open-lora.js";

export interface OpenedAcceleration {
  readonly acceleration: Acceleration;
  readonly warnings: readonly SunstepWarning[];
}

export interface OpenAccelerationOptions {
  readonly find: Find;
  readonly model: LoraModel;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the method of a name: "lcm-lora", "hyper-sd". */
export function methodNamed(name: unknown): FewStepMethod | undefined {
  return fewStepMethods.find((method) => method.name === name);
}

/**
 * Opens an acceleration: the name of a method is its settings alone, for models and LoRAs that have its weights; a file is
 * the method's LoRA with its settings.
 * @throws SunstepError ACCELERATION_UNKNOWN, LORA_…, CHECKPOINT_…, codes of `registryErrors`
 */
export async function openAcceleration(
  source: AdapterSource | AccelerationSource,
  { find, model, signal }: OpenAccelerationOptions,
): Promise<OpenedAcceleration> {
  const { path, method, scale, name } = withOptions<AccelerationSource>(source);
  const { architecture } = model;
  const alone = methodNamed(path);
  if (alone) {
    const settings = alone.settings({ architecture });
    return opened({ method: alone, settings }, alone.title);
  }
  const label = name ?? fileStem(nameOf(path));
  const { files, beside } = await find(path, { signal });
  const { lora, recognised } = await openRecognisedLora(files, nameOf(path), model, beside);
  const given = givenMethod(method);
  const found = given ? { method: given, settings: given.settings({ architecture }) } : recognised;
  if (!found) throw unknown(`${label} is not recognised as a few-step method's file`, label);
  const { loraAdapter } = await import("./lora-code.js");
  const adapter = loraAdapter({ lora, scale: scale ?? found.settings.loraScale ?? 1 });
  const { acceleration, warnings } = opened(found, label, adapter);
  return { acceleration, warnings: [...lora.warnings, ...warnings] };
}

/** The settings of a LoRA that is recognised as a few-step method's, with a notice. */
export function recognisedAcceleration(recognised: RecognisedMethod, label: string): OpenedAcceleration {
  return {
    acceleration: methodAcceleration(recognised, { label }),
    warnings: [recognisedWarning(label, recognised), ...licenseWarnings(label, recognised.method)],
  };
}

function opened(
  found: Pick<RecognisedMethod, "method" | "settings">,
  label: string,
  adapter?: Acceleration["adapter"],
): OpenedAcceleration {
  return {
    acceleration: methodAcceleration(found, adapter ? { label, adapter } : {}),
    warnings: licenseWarnings(label, found.method),
  };
}

function givenMethod(name: string | undefined): FewStepMethod | undefined {
  const found = methodNamed(name);
  if (name === undefined || found) return found;
  throw unknown(`${JSON.stringify(name)} is no few-step method`, name);
}

function unknown(problem: string, name: string) {
  const known = fewStepMethods.map((method) => method.name);
  return sunstepError(
    "ACCELERATION_UNKNOWN",
    `${problem}. Name its method, { path, method } (--acceleration METHOD=FILE): ${known.join(", ")}`,
    { name, known },
  );
}
