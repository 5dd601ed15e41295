// PEFT keeps facts about its updates outside of the tensors: in adapter_config.json beside the file, or, as diffusers does
// since 0.34, in the file's metadata under the network's name.

import {
  describeJson,
  isJsonObject,
  type JsonObject,
  type NetworkName,
  parseJson,
  type SafetensorsFile,
} from "@sunstep/checkpoint";
import { loraError } from "../errors.js";
import { compileModulePattern } from "./module-pattern.js";

/** The facts of one network's adapter. */
export interface PeftFacts {
  /** Returns alpha / rank of a module's update, whose factors have this rank or none; undefined where the config tells none. */
  strength(module: string, rank: number | undefined): number | undefined;
  /** Every update has DoRA's magnitudes. */
  readonly hasMagnitudes: boolean;
}

const METADATA_KEY = "lora_adapter_metadata";
const NETWORKS: readonly NetworkName[] = ["unet", "text_encoder", "text_encoder_2"];
const noFacts: PeftFacts = { strength: () => undefined, hasMagnitudes: false };

/**
 * Reads the facts that go with a file: those of `config`, an adapter_config.json, or else those in the metadata.
 * @throws SunstepError LORA_UNSUPPORTED, LORA_CONFIG, CHECKPOINT_JSON
 */
export function peftFacts(
  file: SafetensorsFile,
  config: JsonObject | undefined,
): (network: NetworkName) => PeftFacts {
  if (config) {
    const facts = factsOf(config, "adapter_config.json");
    return () => facts;
  }
  const text = file.metadata[METADATA_KEY];
  if (text === undefined) return () => noFacts;
  const where = `${file.source.name} (metadata ${METADATA_KEY})`;
  const metadata = parseJson(text, file.source.name, `its metadata ${METADATA_KEY}`);
  if (!isJsonObject(metadata)) {
    throw loraError("LORA_CONFIG", `${where} must be a JSON object, is ${describeJson(metadata)}`, {
      file: file.source.name,
    });
  }
  const byNetwork = new Map(
    NETWORKS.map((network) => [network, factsOf(withoutPrefix(metadata, `${network}.`), where)]),
  );
  return (network) => byNetwork.get(network) ?? noFacts;
}

function withoutPrefix(config: JsonObject, prefix: string): JsonObject {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** Methods of PEFT, and the fields of their configs that hold alpha (peft/tuners/{lora,loha,lokr}/config.py). */
const alphaFields: ReadonlyMap<unknown, string> = new Map([
  ["LORA", "lora_alpha"],
  ["LOHA", "alpha"],
  ["LOKR", "alpha"],
]);

/** Initializations that take a part out of the model's own weights, which the file does not hold (peft/tuners/lora/layer.py). */
const CHANGES_MODEL = /^(pissa|olora|corda|loftq)/;

function factsOf(config: JsonObject, where: string): PeftFacts {
  const method = config.peft_type ?? "LORA";
  const field = alphaFields.get(method);
  const initialized = config.init_lora_weights;
  if (field === undefined) throw unsupported(`of the kind ${describeJson(method)}`, where);
  if (typeof initialized === "string" && CHANGES_MODEL.test(initialized))
    throw unsupported(`on a model that its training changed (init_lora_weights ${initialized})`, where);
  const alphaOf = byPattern(config, "alpha_pattern", field, where);
  // The whole factors of a LoKr have no rank, and PEFT divides by the config's.
  const rankOf = method === "LOKR" ? byPattern(config, "rank_pattern", "r", where) : () => undefined;
  // Rank-stabilized LoRA (arXiv 2312.03732) divides by the root of the rank.
  const divisor = config.use_rslora === true ? Math.sqrt : (rank: number) => rank;
  return {
    strength(module, rank) {
      const alpha = alphaOf(module);
      const by = rank ?? rankOf(module);
      return alpha === undefined || by === undefined ? undefined : alpha / divisor(Math.max(by, 1));
    },
    hasMagnitudes: config.use_dora === true,
  };
}

/**
 * Returns a number for each module: of the first of the patterns that matches, else that of all
 * (peft/tuners/lora/model.py).
 */
function byPattern(
  config: JsonObject,
  patterns: string,
  field: string,
  where: string,
): (module: string) => number | undefined {
  const listed = config[patterns];
  const own = Object.entries(isJsonObject(listed) ? listed : {}).map(([pattern, value]) => ({
    matches: compileModulePattern(pattern, `${where}: ${patterns}`),
    value: finite(value, `${patterns} ${pattern}`, where),
  }));
  const shared = config[field] === undefined ? undefined : finite(config[field], field, where);
  return (module) => own.find(({ matches }) => matches(module))?.value ?? shared;
}

const unsupported = (adapter: string, where: string) =>
  loraError(
    "LORA_UNSUPPORTED",
    `${where}: this is an adapter ${adapter}, which is not supported; ${[...alphaFields.keys()].join(", ")} are`,
    { file: where, adapter },
  );

function finite(value: unknown, field: string, where: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw loraError("LORA_CONFIG", `${where}: ${field} must be a finite number, is ${String(value)}`, {
    file: where,
    field,
  });
}
