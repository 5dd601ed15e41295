import {
  type AdaptableWeights,
  isJsonObject,
  type Json,
  listNames,
  type NetworkName,
  parseJson,
  readWeight,
  type SafetensorsFile,
  type WeightRef,
  type Weights,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import { toFloat32 } from "@sunstep/tensor";
import { loraError, loraWarning } from "./errors.js";
import { type FindModule, moduleFinder } from "./modules.js";
import { type LoraFactor, parseTensorName, unsupportedAdapter } from "./tensor-names.js";

/** The update of one module's weight: weight += scale * (alpha / rank) * up @ down. */
export interface LoraTarget {
  readonly network: NetworkName;
  /** diffusers' or transformers' name: "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q". */
  readonly module: string;
  /** [rank, in], or [rank, in, height, width] of a convolution. */
  readonly down: WeightRef;
  /** [out, rank], or [out, rank, 1, 1]. */
  readonly up: WeightRef;
  /** LoCon's Tucker form: [rank, rank, height, width] between a 1x1 down and a 1x1 up. */
  readonly mid?: WeightRef;
  /** Undefined stands for the rank: the update is not scaled. */
  readonly alpha: number | undefined;
  readonly rank: number;
}

export interface Lora {
  readonly targets: readonly LoraTarget[];
  /** Modules in the file that the model lacks, as the file spells them. */
  readonly unknown: readonly string[];
  readonly warnings: readonly SunstepWarning[];
}

type Factors = { readonly [F in LoraFactor]?: string };
interface Group {
  readonly network: NetworkName;
  readonly module: string;
  readonly spelling: string;
  factors: Factors;
}

/**
 * Pairs the factors of a LoRA or LoCon file with the modules of a model. Knows kohya's names (also over the original
 * block names), PEFT's and diffusers' old ones. Reads the alphas and no weights.
 * @throws SunstepError LORA_…
 */
export async function readLora(file: SafetensorsFile, model: AdaptableWeights): Promise<Lora> {
  const where = file.source.name;
  refuseOtherAdapters(file);
  const { groups, unknown } = groupByModule(file, model);
  const alphas = storedAlphas(file);
  const targets = await Promise.all(
    groups.map(async (group) => {
      const target = await targetOf(file, group, alphas);
      checkFits(target, model[group.network]!, where);
      return target;
    }),
  );
  if (targets.length === 0) {
    const what =
      unknown.length > 0 ? `It changes ${listNames(unknown)}` : "It holds no pairs of lora_down and lora_up";
    throw loraError(
      "LORA_NO_TARGET",
      `${where}: this LoRA changes nothing in the model. ${what}. It may be made for another kind of model`,
      { file: where, unknown },
    );
  }
  const warnings =
    unknown.length > 0
      ? [
          loraWarning(
            "LORA_UNKNOWN_MODULES",
            `${where}: the model lacks these modules, so that part of the LoRA is left out: ${listNames(unknown)}`,
            { file: where, unknown },
          ),
        ]
      : [];
  return { targets, unknown, warnings };
}

function refuseOtherAdapters(file: SafetensorsFile): void {
  for (const name of file.tensors.keys()) {
    const adapter = unsupportedAdapter(name);
    if (!adapter) continue;
    throw loraError(
      "LORA_UNSUPPORTED",
      `${file.source.name}: tensor ${name} belongs to ${adapter}, which is not supported; only LoRA and LoCon are`,
      { file: file.source.name, tensor: name, adapter },
    );
  }
}

function groupByModule(
  file: SafetensorsFile,
  model: AdaptableWeights,
): { groups: Group[]; unknown: string[] } {
  const finders: Partial<Record<NetworkName, FindModule>> = {};
  for (const network of Object.keys(model) as NetworkName[])
    finders[network] = moduleFinder(network, model[network]!);
  const groups = new Map<string, Group>();
  const unknown = new Set<string>();
  for (const name of file.tensors.keys()) {
    const parsed = parseTensorName(name);
    const module = parsed?.network && finders[parsed.network]?.(parsed.module);
    if (!parsed?.network || module === undefined) {
      unknown.add(parsed ? name.slice(0, name.indexOf(parsed.module) + parsed.module.length) : name);
      continue;
    }
    const key = `${parsed.network} ${module}`;
    const group = groups.get(key) ?? {
      network: parsed.network,
      module,
      spelling: parsed.module,
      factors: {},
    };
    group.factors = { ...group.factors, [parsed.factor]: name };
    groups.set(key, group);
  }
  return { groups: [...groups.values()], unknown: [...unknown] };
}

async function targetOf(file: SafetensorsFile, group: Group, alphas: StoredAlphas): Promise<LoraTarget> {
  const where = file.source.name;
  const { network, module, factors } = group;
  const { down, up, mid, alpha } = factors;
  if (!down || !up) {
    const [there, lacking] = down ? [down, "up"] : [up ?? mid ?? alpha!, "down"];
    throw loraError(
      "LORA_INCOMPLETE",
      `${where}: ${there} lacks its ${lacking} factor. The file is incomplete: download it again`,
      { file: where, tensor: there },
    );
  }
  const downRef = file.weights.get(down);
  const upRef = file.weights.get(up);
  const midRef = mid === undefined ? undefined : file.weights.get(mid);
  const rank = downRef.shape[0] ?? 0;
  const ranks = [upRef.shape[1], ...(midRef ? [midRef.shape[0], midRef.shape[1]] : [])];
  if (rank === 0 || ranks.some((other) => other !== rank)) {
    throw loraError(
      "LORA_RANK",
      `${where}: the factors of ${group.spelling} have different ranks: down [${downRef.shape}] has ${rank}, ` +
        `up [${upRef.shape}]${midRef ? `, mid [${midRef.shape}]` : ""} has ${ranks.join(", ")}`,
      { file: where, tensor: down, down: downRef.shape, up: upRef.shape },
    );
  }
  return {
    network,
    module,
    down: downRef,
    up: upRef,
    ...(midRef && { mid: midRef }),
    alpha: alpha === undefined ? alphas(network, module) : await readAlpha(file, alpha),
    rank,
  };
}

async function readAlpha(file: SafetensorsFile, name: string): Promise<number> {
  const weight = file.weights.get(name);
  const single = weight.shape.every((size) => size === 1);
  const value = single ? toFloat32(await readWeight(weight))[0] : undefined;
  if (value !== undefined && Number.isFinite(value)) return value;
  throw loraError(
    "LORA_ALPHA",
    `${file.source.name}: ${name} must be one finite number, is ${weight.dtype} [${weight.shape}] ${value}`,
    { file: file.source.name, tensor: name },
  );
}

type StoredAlphas = (network: NetworkName, module: string) => number | undefined;

const METADATA_KEY = "lora_adapter_metadata";

/** Reads PEFT's config, with its alphas, from the metadata where diffusers since 0.34 keeps it. */
function storedAlphas(file: SafetensorsFile): StoredAlphas {
  const text = file.metadata[METADATA_KEY];
  if (text === undefined) return () => undefined;
  const config = parseJson(text, file.source.name, `its metadata ${METADATA_KEY}`);
  const option = (network: NetworkName, name: string): Json | undefined =>
    isJsonObject(config) ? config[`${network}.${name}`] : undefined;
  return (network, module) => {
    if (option(network, "use_rslora") === true || option(network, "use_dora") === true) {
      throw loraError(
        "LORA_UNSUPPORTED",
        `${file.source.name}: its metadata asks for rank-stabilized LoRA or DoRA, which are not supported`,
        { file: file.source.name },
      );
    }
    const pattern = option(network, "alpha_pattern");
    const own = isJsonObject(pattern)
      ? Object.entries(pattern).find(([key]) => module === key || module.endsWith(`.${key}`))?.[1]
      : undefined;
    const alpha = own ?? option(network, "lora_alpha");
    return typeof alpha === "number" && Number.isFinite(alpha) ? alpha : undefined;
  };
}

/** Throws unless an update has the weight's outputs, inputs and kernel. A linear layer equals a 1x1 convolution. */
function checkFits({ module, down, up, mid }: LoraTarget, weights: Weights, where: string): void {
  const base = weights.get(`${module}.weight`);
  const kernel = (shape: readonly number[]) => shape.slice(2).reduce((product, size) => product * size, 1);
  const update = [
    up.shape[0],
    down.shape[1],
    kernel(down.shape) * kernel(up.shape) * kernel(mid?.shape ?? []),
  ];
  const wanted = [base.shape[0], base.shape[1], kernel(base.shape)];
  if (update.every((size, i) => size === wanted[i])) return;
  throw loraError(
    "LORA_SHAPE",
    `${where}: the factors of ${module}, down [${down.shape}] and up [${up.shape}], do not fit the model's weight ` +
      `[${base.shape}]. The LoRA is made for another kind of model`,
    { file: where, module, down: down.shape, up: up.shape, weight: base.shape },
  );
}
