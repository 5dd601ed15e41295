// Tells kinds of files by the names and shapes of their tensors, and never by file names and extensions.

import { unsupportedInputs } from "./config/input-channels.js";
import { controlNet, unsupportedControlNet } from "./identify-controlnet.js";
import { prefixes } from "./ldm/prefixes.js";
import type { TensorEntry } from "./safetensors/header.js";
import type { SafetensorsFile } from "./safetensors/open.js";

export type FileKind =
  | "checkpoint"
  | "unet"
  | "vae"
  | "taesd"
  | "text-encoder"
  | "lora"
  | "sun-adapter"
  | "controlnet"
  | "embedding"
  | "unknown";

export interface FileIdentity {
  readonly kind: FileKind;
  /**
   * "sd1", "sd2", "sdxl", "sdxl-refiner", "sd3", "flux", "sd2-upscaler", "EMA weights only"; of a text encoder "clip" or
   * "open-clip". Undefined where the file does not tell.
   */
  readonly architecture?: string;
  readonly details: {
    readonly tensors: number;
    readonly parameters: number;
    /** How many numbers are stored in each type. */
    readonly dataTypes: Readonly<Record<string, number>>;
    /** True for types other than plain floats and integers, and for scales beside the weights. */
    readonly quantized: boolean;
    readonly inChannels?: number;
    /** The networks that a checkpoint holds. */
    readonly components?: readonly string[];
    readonly title?: string;
  };
  /** Names a kind of model that shares the tensors of Stable Diffusion 1.x, 2.x or XL and is not supported. */
  readonly unsupported?: string;
  /** A sentence on how to use the file. */
  readonly advice: string;
}

interface Found {
  readonly kind: FileKind;
  readonly architecture?: string | undefined;
}

type Names = readonly string[];
type Rule = (file: SafetensorsFile, names: Names) => Found | undefined;

/** Makes a rule for files in which a name matches. */
const named =
  (pattern: RegExp, kind: FileKind, architecture?: string): Rule =>
  (_, names) =>
    names.some((name) => pattern.test(name)) ? { kind, architecture } : undefined;

const ADAPTER =
  /(\.lora_(down|up|A|B)\b|_lora\.(down|up)\.|\.lora\.(down|up)\.|lora_linear_layer\.|\.hada_w1|\.lokr_w|\.oft_|\.(diff|diff_b|w_norm|b_norm)$)/;

const rules: readonly Rule[] = [
  named(ADAPTER, "lora"),
  named(/^\d+\.to_k_neg\.weight$/, "sun-adapter"),
  controlNet,
  named(/(^|\.)double_blocks\.0\.img_attn\./, "checkpoint", "flux"),
  named(/(^|\.)joint_blocks\.0\.(x_block|context_block)\./, "checkpoint", "sd3"),
  named(/^conditioner\.embedders\.1\./, "checkpoint", "sdxl"),
  named(/^conditioner\.embedders\.0\.model\..*resblocks\.31\./, "checkpoint", "sdxl-refiner"),
  ldmCheckpoint,
  named(/^model_ema\.diffusion_model/, "checkpoint", "EMA weights only"),
  diffusersUNet,
  // Layers are named by diffusers, by ComfyUI, or numbered as its authors have them.
  named(/^(de|en)coder\.layers\.\d+\.(conv\.0\.)?weight$/, "taesd"),
  named(/^((taesd_)?(de|en)coder\.)?\d+\.conv\.0\.weight$/, "taesd"),
  named(/^(first_stage_model\.|vae\.)?(de|en)coder\.conv_in\.weight$/, "vae"),
  named(/(^|\.)encoder\.layers\.0\.self_attn\.q_proj\.weight$/, "text-encoder", "clip"),
  named(/(^|\.)transformer\.resblocks\.0\.attn\.in_proj_weight$/, "text-encoder", "open-clip"),
  embedding,
];

const advices: Readonly<Record<FileKind, string>> = {
  checkpoint: "It is not supported yet",
  unet: "Open it as a component, beside the other parts of its model",
  vae: "Give it as the VAE of a checkpoint",
  taesd: "Give it as the tiny autoencoder of a checkpoint",
  "text-encoder": "Open it as a component, beside the other parts of its model",
  lora: "Load it on top of a checkpoint, as a LoRA",
  "sun-adapter": "Load it on top of a checkpoint, as its SUN adapter",
  controlnet: "Load it on top of a checkpoint, as a ControlNet, with a control image",
  embedding: "Load it on top of a checkpoint, as an embedding",
  unknown: "Check that it is the right file",
};

const kindNames: Readonly<Record<FileKind, string>> = {
  checkpoint: "a checkpoint",
  unet: "a U-Net",
  vae: "a VAE",
  taesd: "a tiny autoencoder (TAESD)",
  "text-encoder": "a text encoder",
  lora: "a LoRA",
  "sun-adapter": "a SUN adapter",
  controlnet: "a ControlNet",
  embedding: "a textual inversion embedding",
  unknown: "a file of unknown kind",
};

const architectureNames: Readonly<Record<string, string>> = {
  sd1: "Stable Diffusion 1.x",
  sd2: "Stable Diffusion 2.x",
  "sd2-upscaler": "Stable Diffusion 2.x upscaler",
  sdxl: "Stable Diffusion XL",
  "sdxl-refiner": "Stable Diffusion XL refiner",
  sd3: "Stable Diffusion 3",
  flux: "Flux",
  clip: "CLIP",
  "open-clip": "OpenCLIP",
};

/** The kind of a file in words: "a checkpoint (Stable Diffusion XL)". */
export function identityName({ kind, architecture }: Pick<FileIdentity, "kind" | "architecture">): string {
  if (architecture === undefined) return kindNames[kind];
  return `${kindNames[kind]} (${architectureNames[architecture] ?? architecture})`;
}

/** Tells what a safetensors file holds, from its header. */
export function identify(file: SafetensorsFile): FileIdentity {
  const names = [...file.tensors.keys()];
  let found: Found = { kind: "unknown" };
  for (const rule of rules) {
    const result = rule(file, names);
    if (!result) continue;
    found = result;
    break;
  }
  const details = { ...contents(file), ...unetDetails(file, names) };
  const unsupported =
    found.kind === "controlnet"
      ? unsupportedControlNet(names)
      : isSupported(found)
        ? unsupportedModel(file, details)
        : undefined;
  const opens = found.kind === "checkpoint" && isSupported(found);
  return {
    kind: found.kind,
    ...(found.architecture && { architecture: found.architecture }),
    details,
    ...(unsupported && { unsupported }),
    advice: unsupported
      ? `It is ${unsupported}, which is not supported`
      : opens
        ? "Open it as a checkpoint"
        : advices[found.kind],
  };
}

const SUPPORTED: ReadonlySet<string | undefined> = new Set(["sd1", "sd2", "sdxl"]);

/** Tells whether a model's architecture, and the model itself, are ones that this package opens. */
export function isSupported({
  architecture,
  unsupported,
}: Pick<FileIdentity, "unsupported"> & { readonly architecture?: string | undefined }): boolean {
  return SUPPORTED.has(architecture) && unsupported === undefined;
}

/** Models with the architecture of Stable Diffusion that need further inputs, or another sampling. */
function unsupportedModel(
  { tensors }: SafetensorsFile,
  { inChannels }: { readonly inChannels?: number },
): string | undefined {
  const ends = (end: string) => [...tensors.keys()].find((name) => name.endsWith(end));
  if (tensors.has("edm_mean")) return "Playground v2.5, whose latents have other means and schedules (EDM)";
  const last = ends("diffusion_model.out.2.weight") ?? ends("conv_out.weight");
  const latents = tensors.get(last ?? "")?.shape[0];
  return inChannels === undefined ? undefined : unsupportedInputs(inChannels, latents);
}

function ldmCheckpoint(file: SafetensorsFile, names: Names): Found | undefined {
  const prefix = [...prefixes.unet, ""].find((start) => file.tensors.has(`${start}input_blocks.0.0.weight`));
  if (prefix === undefined) return undefined;
  const kind = prefix === "" ? "unet" : "checkpoint";
  if (file.tensors.has(`${prefix}label_emb.weight`)) return { kind, architecture: "sd2-upscaler" };
  const added = file.tensors.get(`${prefix}label_emb.0.0.weight`);
  if (added) return { kind, architecture: xlArchitecture(added) };
  const projection = names.find((name) => name.startsWith(prefix) && name.endsWith(".1.proj_in.weight"));
  if (!projection) return { kind: "unknown" };
  return { kind, architecture: file.tensors.get(projection)!.shape.length === 2 ? "sd2" : "sd1" };
}

function diffusersUNet(file: SafetensorsFile, names: Names): Found | undefined {
  if (!file.tensors.has("down_blocks.0.resnets.0.conv1.weight") || !file.tensors.has("conv_in.weight"))
    return undefined;
  const added = file.tensors.get("add_embedding.linear_1.weight");
  if (added) return { kind: "unet", architecture: xlArchitecture(added) };
  const projection = names.find((name) => name.endsWith(".proj_in.weight"));
  if (!projection) return { kind: "unet" };
  return { kind: "unet", architecture: file.tensors.get(projection)!.shape.length === 2 ? "sd2" : "sd1" };
}

/** Width of the refiner's added conditioning: a pooled text of 1280 and five numbers of 256. */
const REFINER_ADDED = 2560;

const xlArchitecture = ({ shape }: TensorEntry) => (shape[1] === REFINER_ADDED ? "sdxl-refiner" : "sdxl");

/** Names of tensors in embeddings; a file of diffusers has one tensor, named for the word. */
const EMBEDDING = /^(emb_params|clip_[lg]|text_encoders_[01]|string_to_param(\..+)?|<.+>)$/;

/** Recognises a textual inversion embedding: one or two short lists of vectors. */
function embedding({ tensors }: SafetensorsFile, names: Names): Found | undefined {
  const small = [...tensors.values()].every(({ shape }) => shape.length <= 2 && (shape[0] ?? 0) <= 128);
  const isNamed = names.length <= 4 && names.some((name) => EMBEDDING.test(name));
  return small && (isNamed || (names.length === 1 && !names[0]!.includes(".")))
    ? { kind: "embedding" }
    : undefined;
}

const QUANTIZED_TYPE = /^F[468]/;
const QUANTIZED_NAME = /\.(weight_scale|scale_weight|quant_state\b.*|absmax|qweight|scaled_fp8)$/;

function contents({ tensors, metadata }: SafetensorsFile) {
  const dataTypes: Record<string, number> = {};
  let quantized = false;
  for (const { name, dtype, shape } of tensors.values()) {
    dataTypes[dtype] = (dataTypes[dtype] ?? 0) + shape.reduce((product, size) => product * size, 1);
    quantized ||= QUANTIZED_TYPE.test(dtype) || QUANTIZED_NAME.test(name);
  }
  const title = metadata["modelspec.title"] ?? metadata.ss_output_name;
  return {
    tensors: tensors.size,
    parameters: Object.values(dataTypes).reduce((sum, count) => sum + count, 0),
    dataTypes,
    quantized,
    ...(title && { title }),
  };
}

function unetDetails({ tensors }: SafetensorsFile, names: Names) {
  const first = [...prefixes.unet.map((prefix) => `${prefix}input_blocks.0.0.weight`), "conv_in.weight"]
    .map((name) => tensors.get(name))
    .find((entry) => entry);
  const has = (starts: readonly string[]) =>
    names.some((name) => starts.some((start) => name.startsWith(start)));
  const components = [
    ...(has(prefixes.unet) ? ["unet"] : []),
    ...(has([...prefixes.clip, ...prefixes.openClip]) ? ["text_encoder"] : []),
    ...(has(prefixes.secondOpenClip) ? ["text_encoder_2"] : []),
    ...(has(prefixes.vae) ? ["vae"] : []),
  ];
  return {
    ...(first?.shape[1] !== undefined && { inChannels: first.shape[1] }),
    ...(components.length > 0 && { components }),
  };
}
