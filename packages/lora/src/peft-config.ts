// PEFT keeps the strength of its updates outside of the tensors: in adapter_config.json beside the file, or, as diffusers
// does since 0.34, in the file's metadata under the network's name.

import {
  describeJson,
  isJsonObject,
  type JsonObject,
  type NetworkName,
  parseJson,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import { loraError } from "./errors.js";
import { compileModulePattern } from "./module-pattern.js";

/** Returns the alpha of a module's update of this rank; undefined where the config names none. */
export type AlphaOf = (network: NetworkName, module: string, rank: number) => number | undefined;

const METADATA_KEY = "lora_adapter_metadata";
const NETWORKS: readonly NetworkName[] = ["unet", "text_encoder", "text_encoder_2"];

/**
 * Reads the alphas that go with a file: those of `config`, an adapter_config.json, or else those in the metadata.
 * @throws SunstepError LORA_UNSUPPORTED, LORA_CONFIG, CHECKPOINT_JSON
 */
export function configuredAlphas(file: SafetensorsFile, config: JsonObject | undefined): AlphaOf {
  if (config) {
    const alphaOf = alphasOf(config, "adapter_config.json");
    return (_, module, rank) => alphaOf(module, rank);
  }
  const text = file.metadata[METADATA_KEY];
  if (text === undefined) return () => undefined;
  const where = `${file.source.name} (metadata ${METADATA_KEY})`;
  const metadata = parseJson(text, file.source.name, `its metadata ${METADATA_KEY}`);
  if (!isJsonObject(metadata)) {
    throw loraError("LORA_CONFIG", `${where} must be a JSON object, is ${describeJson(metadata)}`, {
      file: file.source.name,
    });
  }
  const byNetwork = new Map(
    NETWORKS.map((network) => [network, alphasOf(withoutPrefix(metadata, `${network}.`), where)]),
  );
  return (network, module, rank) => byNetwork.get(network)?.(module, rank);
}

function withoutPrefix(config: JsonObject, prefix: string): JsonObject {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** peft/tuners/lora/model.py: the first pattern of `alpha_pattern` that matches counts, else `lora_alpha`. */
function alphasOf(config: JsonObject, where: string): (module: string, rank: number) => number | undefined {
  refuseOtherMethods(config, where);
  const patterns = isJsonObject(config.alpha_pattern) ? Object.entries(config.alpha_pattern) : [];
  const own = patterns.map(([pattern, alpha]) => ({
    matches: compileModulePattern(pattern, where),
    alpha: finite(alpha, `alpha_pattern ${pattern}`, where),
  }));
  const shared = config.lora_alpha === undefined ? undefined : finite(config.lora_alpha, "lora_alpha", where);
  // Rank-stabilized LoRA (arXiv 2312.03732) divides by the root of the rank.
  const strength = config.use_rslora === true ? Math.sqrt : () => 1;
  return (module, rank) => {
    const alpha = own.find(({ matches }) => matches(module))?.alpha ?? shared;
    return alpha === undefined ? undefined : alpha * strength(rank);
  };
}

function refuseOtherMethods(config: JsonObject, where: string): void {
  const type = config.peft_type ?? "LORA";
  const method = type !== "LORA" ? describeJson(type) : config.use_dora === true ? "DoRA" : undefined;
  if (method === undefined) return;
  throw loraError(
    "LORA_UNSUPPORTED",
    `${where}: this is an adapter of the kind ${method}, which is not supported; only LoRA and LoCon are`,
    { file: where, adapter: method },
  );
}

function finite(value: unknown, field: string, where: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw loraError("LORA_CONFIG", `${where}: ${field} must be a finite number, is ${String(value)}`, {
    file: where,
    field,
  });
}
