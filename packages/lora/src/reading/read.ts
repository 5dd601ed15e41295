import {
  type AdaptableWeights,
  checkFinite,
  type JsonObject,
  listNames,
  mixedTypes,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import { loraError } from "../errors.js";
import type { Lora } from "../lora.js";
import { bundledEmbeddings } from "./bundled-embeddings.js";
import { groupTensors } from "./group-tensors.js";
import { peftFacts } from "./peft-config.js";
import { readTargets } from "./read-targets.js";
import { refuseOtherAdapters } from "./refuse-other-adapters.js";
import { readingWarnings } from "./warnings.js";

export interface ReadLoraOptions {
  /** PEFT's adapter_config.json, which tells the strength of PEFT's own files; `openLora` finds it in a folder. */
  readonly config?: JsonObject;
}

/**
 * Finds the weights of a model that a file changes: LoRA, LoCon, LoHa, LoKr, DoRA, and differences of weights, biases and
 * norms. Knows kohya's names (also over the original block names), LyCORIS's, ComfyUI's, PEFT's and diffusers' old ones.
 * Checks all shapes against the model, and reads the tensors once to refuse those that are not finite.
 * @throws SunstepError LORA_…, CHECKPOINT_NOT_FINITE
 */
export async function readLora(
  file: SafetensorsFile,
  model: AdaptableWeights,
  { config }: ReadLoraOptions = {},
): Promise<Lora> {
  refuseOtherAdapters(file);
  const { groups, unknown: unknownModules } = groupTensors(file, model);
  const facts = peftFacts(file, config);
  const modules = await Promise.all(
    groups.map((group) => readTargets(file, group, model, facts(group.network))),
  );
  const targets = modules.flatMap((module) => module.targets);
  const unknown = [...unknownModules, ...modules.flatMap((module) => module.unknown)];
  if (targets.length === 0) throw noTarget(file, unknown);
  const used = groups.flatMap(({ tensors }) =>
    [...tensors].flatMap(([role, name]) => (role === "alpha" ? [] : [name])),
  );
  await checkFinite({ ...file.weights, names: () => used });
  const warnings = [
    ...readingWarnings(file, { unknown, assumed: modules.some(({ assumed }) => assumed) }),
    ...mixedTypes(
      groups.flatMap(({ tensors }) => [...tensors.values()].map((name) => file.weights.get(name))),
      file.source.name,
    ),
  ];
  return { targets, unknown, embeddings: await bundledEmbeddings(file), warnings };
}

function noTarget(file: SafetensorsFile, unknown: readonly string[]) {
  const where = file.source.name;
  const what = unknown.length > 0 ? `It changes ${listNames(unknown)}` : "It holds no changes of weights";
  return loraError(
    "LORA_NO_TARGET",
    `${where}: this LoRA changes nothing in the model. ${what}. It may be made for another kind of model`,
    { file: where, unknown },
  );
}
