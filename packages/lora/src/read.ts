import {
  type AdaptableWeights,
  type FileKind,
  identify,
  identityName,
  type JsonObject,
  listNames,
  mixedTypes,
  type NetworkName,
  readWeight,
  type SafetensorsFile,
  type WeightRef,
  type Weights,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import { toFloat32 } from "@sunstep/tensor";
import { loraError, loraWarning } from "./errors.js";
import { type FindModule, moduleFinder } from "./modules.js";
import { type AlphaOf, configuredAlphas } from "./peft-config.js";
import { isScalar, type LoraFactor, parseTensorName, unsupportedAdapter } from "./tensor-names.js";

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

export interface ReadLoraOptions {
  /** PEFT's adapter_config.json, which tells the strength of PEFT's own files; `openLora` finds it in a folder. */
  readonly config?: JsonObject;
}

/**
 * Pairs the factors of a LoRA or LoCon file with the modules of a model. Knows kohya's names (also over the original
 * block names), PEFT's and diffusers' old ones. Reads the alphas and no weights.
 * @throws SunstepError LORA_…
 */
export async function readLora(
  file: SafetensorsFile,
  model: AdaptableWeights,
  { config }: ReadLoraOptions = {},
): Promise<Lora> {
  const where = file.source.name;
  refuseOtherAdapters(file);
  const { groups, unknown } = groupByModule(file, model);
  const alphaOf = configuredAlphas(file, config);
  const targets = await Promise.all(
    groups.map(async (group) => {
      const target = await targetOf(file, group, alphaOf);
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
  const warnings = [
    ...(unknown.length > 0
      ? [
          loraWarning(
            "LORA_UNKNOWN_MODULES",
            `${where}: the model lacks these modules, so that part of the LoRA is left out: ${listNames(unknown)}`,
            { file: where, unknown },
          ),
        ]
      : []),
    ...(isPeftsOwn(file) && targets.some(({ alpha }) => alpha === undefined)
      ? [
          loraWarning(
            "LORA_ASSUMED_ALPHA",
            `${where}: this file is PEFT's own, whose strength is in adapter_config.json. It was not given, so the update ` +
              "is applied unscaled. Give the folder that holds both",
            { file: where },
          ),
        ]
      : []),
    ...scalarWarnings(file),
    ...mixedTypes(
      groups.flatMap(({ factors }) => Object.values(factors).map((name) => file.weights.get(name))),
      where,
    ),
  ];
  return { targets, unknown, warnings };
}

function scalarWarnings(file: SafetensorsFile): readonly SunstepWarning[] {
  const scalars = [...file.tensors.keys()].filter(isScalar);
  if (scalars.length === 0) return [];
  const where = file.source.name;
  return [
    loraWarning(
      "LORA_SCALAR_UNUSED",
      `${where}: ${listNames(scalars)}: strengths of LyCORIS are not applied, as LyCORIS itself does not when it loads a ` +
        "file. If the LoRA acts too strongly, lower its scale",
      { file: where, tensors: scalars },
    ),
  ];
}

/** PEFT's save_pretrained puts this in front of all names. */
const isPeftsOwn = (file: SafetensorsFile): boolean =>
  [...file.tensors.keys()].every((name) => name.startsWith("base_model.model."));

/** Kinds of files that share no name with LoRAs; a file of unknown kind may be one. */
const LORA_KINDS: ReadonlySet<FileKind> = new Set(["lora", "unknown"]);

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
  const identity = identify(file);
  if (LORA_KINDS.has(identity.kind)) return;
  throw loraError(
    "LORA_UNSUPPORTED",
    `${file.source.name}: this is ${identityName(identity)}, not a LoRA. ${identity.advice}`,
    { file: file.source.name, kind: identity.kind },
  );
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
  const adapters = new Set<string>();
  for (const name of file.tensors.keys()) {
    if (isScalar(name)) continue;
    const parsed = parseTensorName(name);
    if (parsed?.adapter) adapters.add(parsed.adapter);
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
  if (adapters.size > 1) {
    throw loraError(
      "LORA_UNSUPPORTED",
      `${file.source.name}: it holds ${adapters.size} adapters, ${listNames([...adapters])}. Save one adapter a file`,
      { file: file.source.name, adapters: [...adapters] },
    );
  }
  return { groups: [...groups.values()], unknown: [...unknown] };
}

async function targetOf(file: SafetensorsFile, group: Group, alphaOf: AlphaOf): Promise<LoraTarget> {
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
  const downRef = floats(file, down);
  const upRef = floats(file, up);
  const midRef = mid === undefined ? undefined : floats(file, mid);
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
    alpha: alpha === undefined ? alphaOf(network, module, rank) : await readAlpha(file, alpha),
    rank,
  };
}

function floats(file: SafetensorsFile, name: string): WeightRef {
  const weight = file.weights.get(name);
  if (/float/.test(weight.dtype)) return weight;
  throw loraError(
    "LORA_DATA_TYPE",
    `${file.source.name}: ${name} is stored as ${weight.dtype}, which is not a type of factors. The file is damaged`,
    { file: file.source.name, tensor: name, dtype: weight.dtype },
  );
}

/** Trainers store alphas as floats, some as integers of a usual width. */
const ALPHA_TYPES = /^(float|bfloat|int32|int64)/;

/** Alphas are about as large as ranks; the bytes of one type read as another are not. */
const isPlausible = (alpha: number): boolean =>
  alpha === 0 || (Math.abs(alpha) >= 1e-6 && Math.abs(alpha) <= 1e6);

async function readAlpha(file: SafetensorsFile, name: string): Promise<number> {
  const weight = file.weights.get(name);
  const single = ALPHA_TYPES.test(weight.dtype) && weight.shape.every((size) => size === 1);
  const value = single ? toFloat32(await readWeight(weight))[0] : undefined;
  if (value !== undefined && isPlausible(value)) return value;
  throw loraError(
    "LORA_ALPHA",
    `${file.source.name}: ${name} must be one number of a usual size, is ${weight.dtype} [${weight.shape}] ${value}. ` +
      "The file is damaged",
    { file: file.source.name, tensor: name },
  );
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
