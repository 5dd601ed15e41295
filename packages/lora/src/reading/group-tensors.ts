import {
  type AdaptableWeights,
  listNames,
  type NetworkName,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import { loraError } from "../errors.js";
import { isBundled } from "./bundled-embeddings.js";
import { type FindModule, moduleFinder } from "./modules.js";
import { isScalar, parseTensorName, type Role } from "./tensor-names.js";

/** The tensors of a file that change one module. */
export interface TensorGroup {
  readonly network: NetworkName;
  /** diffusers' or transformers' name. */
  readonly module: string;
  /** Names of tensors by their roles. */
  readonly tensors: ReadonlyMap<Role, string>;
}

/**
 * Groups the tensors of a file by the modules of a model. `unknown` lists the modules that the model lacks, and tensors
 * of unknown roles.
 * @throws SunstepError LORA_AMBIGUOUS, LORA_UNSUPPORTED
 */
export function groupTensors(
  file: SafetensorsFile,
  model: AdaptableWeights,
): { readonly groups: readonly TensorGroup[]; readonly unknown: readonly string[] } {
  refuseSeveralAdapters(file);
  const finders: Partial<Record<NetworkName, FindModule>> = {};
  for (const network of Object.keys(model) as NetworkName[])
    finders[network] = moduleFinder(network, model[network]!);
  const groups = new Map<string, { network: NetworkName; module: string; tensors: Map<Role, string> }>();
  const unknown = new Set<string>();
  for (const name of file.tensors.keys()) {
    if (isScalar(name) || isBundled(name)) continue;
    const parsed = parseTensorName(name);
    const module = parsed?.network && finders[parsed.network]?.(parsed.module);
    if (!parsed?.network || module === undefined) {
      unknown.add(parsed ? name.slice(0, name.indexOf(parsed.module) + parsed.module.length) : name);
      continue;
    }
    const key = `${parsed.network} ${module}`;
    const group = groups.get(key) ?? { network: parsed.network, module, tensors: new Map() };
    const other = group.tensors.get(parsed.role);
    if (other !== undefined) {
      throw loraError(
        "LORA_AMBIGUOUS",
        `${file.source.name}: ${other} and ${name} are the same factor of one module. Keep one of them`,
        { file: file.source.name, tensor: name, other },
      );
    }
    group.tensors.set(parsed.role, name);
    groups.set(key, group);
  }
  return { groups: [...groups.values()], unknown: [...unknown] };
}

function refuseSeveralAdapters(file: SafetensorsFile): void {
  const names = [...file.tensors.keys()].map((name) => parseTensorName(name)?.adapter);
  const adapters = [...new Set(names.filter((adapter) => adapter !== undefined))];
  if (adapters.length < 2) return;
  throw loraError(
    "LORA_UNSUPPORTED",
    `${file.source.name}: it holds ${adapters.length} adapters, ${listNames(adapters)}. Save one adapter a file`,
    { file: file.source.name, adapters },
  );
}
