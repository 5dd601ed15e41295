import { inFile, type SunstepWarning } from "@sunstep/errors";
import {
  type Architecture,
  architectureOf,
  type Checkpoint,
  type Component,
  type ComponentConfigs,
  type ComponentKind,
  type PredictionType,
  type Replacements,
} from "../checkpoint.js";
import type { CollectedWeights } from "../collect-weights.js";
import type { ClipTextConfig } from "../config/clip-text.js";
import type { UNetConfig } from "../config/unet.js";
import type { VaeConfig } from "../config/vae.js";
import { configParsers } from "../diffusers/component.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import type { FileTree } from "../file-tree.js";
import { fitWeights } from "../fit-weights.js";
import { givenVae } from "../given-vae.js";
import { identify, identityName, isSupported } from "../identify.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import { weightsOf } from "../weights.js";
import { checkXlWidths } from "../xl-widths.js";
import {
  deriveClipTextConfig,
  deriveUNetConfig,
  deriveVaeConfig,
  hasPublishedWidths,
  PUBLISHED_TEXT_WIDTHS,
} from "./derive-config.js";
import { type FoundPrediction, findPrediction } from "./find-prediction.js";
import { defaultScheduler } from "./scheduler.js";
import { splitFile } from "./split.js";
import { readYamlFacts } from "./yaml-facts.js";

/** Facts and networks that a single file lacks. */
export interface SingleFileOptions extends Replacements {
  /** Fields to set in the derived configs: numbers of heads and norm groups, which shapes do not tell. */
  readonly config?: {
    readonly unet?: Partial<UNetConfig>;
    readonly textEncoder?: Partial<ClipTextConfig>;
    readonly textEncoder2?: Partial<ClipTextConfig>;
    readonly vae?: Partial<VaeConfig>;
  };
  /** The folder that the file lies in; NAME.yaml is read there. */
  readonly beside?: FileTree;
}

/** The networks of a single file. */
type Part = "unet" | "textEncoder" | "textEncoder2" | "vae";

interface PartKind<K extends ComponentKind> {
  readonly kind: K;
  readonly name: string;
}

const parts = {
  unet: { kind: "unet", name: "U-Net" },
  textEncoder: { kind: "textEncoder", name: "text encoder" },
  textEncoder2: { kind: "textEncoder", name: "second text encoder" },
  vae: { kind: "vae", name: "VAE" },
} as const satisfies Readonly<Record<Part, PartKind<ComponentKind>>>;

export async function openSingleFile(
  file: SafetensorsFile,
  options: SingleFileOptions = {},
): Promise<Checkpoint> {
  refuseOthers(file);
  const where = file.source.name;
  const tables = inFile(where, () => splitFile(file));
  const fitWarnings: SunstepWarning[] = [];
  const component = <P extends Part, K extends (typeof parts)[P]["kind"]>(
    part: P,
    derive: (weights: Component<unknown>["weights"]) => ComponentConfigs[K],
  ): Component<ComponentConfigs[K]> => {
    const kind = parts[part].kind as K;
    const collected = partOf(tables[part], part, where);
    const derived = { ...derive(weightsOf(collected.table, where)), ...options.config?.[part] };
    const config = configParsers[kind]({ ...derived }, `${where} (config of its ${parts[part].name})`);
    const { weights, warnings } = fitWeights(kind, config, collected, where);
    fitWarnings.push(...warnings);
    return { config, weights };
  };

  const isXl = tables.unet.table.has("add_embedding.linear_1.weight");
  const textEncoder2 = isXl
    ? (options.textEncoder2 ??
      component("textEncoder2", (weights) => deriveClipTextConfig(weights, "open-clip-projection")))
    : undefined;
  const unet = component("unet", (weights) => deriveUNetConfig(weights, textEncoder2?.config.projection_dim));
  const architecture = architectureOf(unet.config);
  const textEncoder =
    options.textEncoder ??
    component("textEncoder", (weights) =>
      deriveClipTextConfig(weights, tables.openClip ? "open-clip" : "clip"),
    );
  const vae = givenVae(options, architecture) ?? component("vae", (w) => deriveVaeConfig(w, architecture));
  if (textEncoder2) checkXlWidths(unet.config, [textEncoder.config, textEncoder2.config], where);
  const inpainting = unet.config.in_channels > unet.config.out_channels;
  const yaml = await readYamlFacts(options.beside, where);
  const found: FoundPrediction = options.predictionType
    ? { prediction: options.predictionType, assumed: false }
    : await findPrediction({ file, unet: tables.unet.table, architecture, inpainting, yaml });
  const { prediction } = found;
  const zeroTerminalSnr = file.tensors.has("ztsnr");
  const size =
    options.config?.unet?.sample_size ??
    statedSize(file.metadata["modelspec.resolution"]) ??
    sampleSize(architecture, prediction);
  return {
    format: "single-file",
    architecture,
    unet: { ...unet, config: { ...unet.config, sample_size: size } },
    textEncoders: [
      { ...textEncoder, name: "text_encoder" },
      ...(textEncoder2 ? [{ ...textEncoder2, name: "text_encoder_2" } as const] : []),
    ],
    vae,
    schedulerConfig: defaultScheduler(architecture, inpainting, {
      prediction,
      zeroTerminalSnr,
      ...(yaml.betas && { betas: yaml.betas }),
    }),
    zeroNegative: isXl,
    warnings: [
      ...fitWarnings,
      ...headWarnings(unet.config, { textEncoder, textEncoder2 }, options, where),
      ...predictionWarnings(found, where),
    ],
  };
}

/** The side of latents for a resolution of ModelSpec, "768x768". */
function statedSize(resolution = ""): number | undefined {
  const side = Number(/^(\d{2,4})x\1$/.exec(resolution)?.[1]);
  return side % 8 === 0 ? side / 8 : undefined;
}

/** The side of latents that most models of a kind were trained for: SD 2.x models that predict v have 768 pixels, XL 1024. */
function sampleSize(architecture: Architecture, prediction: PredictionType): number {
  if (architecture === "sdxl") return 128;
  return architecture === "sd2" && prediction === "v_prediction" ? 96 : 64;
}

function partOf(collected: CollectedWeights, part: Part, file: string): CollectedWeights {
  if (collected.table.size > 0) return collected;
  const { name } = parts[part];
  const advice = {
    unet: "It is not a whole checkpoint",
    textEncoder: "Take the full checkpoint",
    textEncoder2: "Take the full checkpoint",
    vae: "Take the full checkpoint, or give another model's VAE (option vae, --vae)",
  }[part];
  throw checkpointError("CHECKPOINT_COMPONENT_MISSING", `${file}: there is no ${name} in it. ${advice}`, {
    file,
    component: part,
  });
}

function refuseOthers(file: SafetensorsFile): void {
  const identity = identify(file);
  if (identity.kind === "checkpoint" && isSupported(identity)) return;
  const where = file.source.name;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${where}: this is ${identity.unsupported ?? identityName(identity)}, not a plain checkpoint of Stable Diffusion ` +
      `1.x, 2.x or XL. ${identity.advice}`,
    { file: where, kind: identity.kind, architecture: identity.architecture },
  );
}

function headWarnings(
  unet: UNetConfig,
  encoders: {
    readonly textEncoder: Component<ClipTextConfig>;
    readonly textEncoder2: Component<ClipTextConfig> | undefined;
  },
  options: SingleFileOptions,
  file: string,
): SunstepWarning[] {
  const given = options.config;
  const warnings: SunstepWarning[] = [];
  const unetHeads = given?.unet?.attention_head_dim ?? given?.unet?.num_attention_heads;
  if (!hasPublishedWidths(unet) && unetHeads === undefined) {
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_HEADS",
        `${file}: the U-Net has unusual widths (${unet.block_out_channels}), and the file does not tell its numbers of ` +
          `attention heads and norm groups: ${unet.attention_head_dim} and ${unet.norm_num_groups} were assumed. ` +
          "Set config.unet.attention_head_dim and config.unet.norm_num_groups if that is wrong",
        { file, component: "unet" },
      ),
    );
  }
  for (const part of ["textEncoder", "textEncoder2"] as const) {
    const config = encoders[part]?.config;
    const isOwn = options[part] === undefined && given?.[part]?.num_attention_heads === undefined;
    if (!config || !isOwn || PUBLISHED_TEXT_WIDTHS.includes(config.hidden_size)) continue;
    const { name } = parts[part];
    warnings.push(
      checkpointWarning(
        "CHECKPOINT_ASSUMED_HEADS",
        `${file}: the ${name} has an unusual width (${config.hidden_size}), and the file does not tell its ` +
          `number of attention heads: ${config.num_attention_heads} was assumed. ` +
          `Set config.${part}.num_attention_heads if that is wrong`,
        { file, component: part === "textEncoder" ? "text_encoder" : "text_encoder_2" },
      ),
    );
  }
  return warnings;
}

function predictionWarnings(
  { prediction, assumed, unknown }: FoundPrediction,
  file: string,
): SunstepWarning[] {
  if (unknown !== undefined) {
    return [
      checkpointWarning(
        "CHECKPOINT_ASSUMED_PREDICTION",
        `${file}: its metadata says modelspec.prediction_type ${JSON.stringify(unknown)}, which is not known: ${prediction} was ` +
          "assumed. Set predictionType (--prediction) if that is wrong",
        { file, stated: unknown },
      ),
    ];
  }
  if (!assumed) return [];
  return [
    checkpointWarning(
      "CHECKPOINT_ASSUMED_PREDICTION",
      `${file}: the file does not say whether this SD 2.x model predicts v (768 models) or noise (512 base models): ` +
        'v was assumed. Set predictionType (--prediction) to "epsilon" for a base model',
      { file },
    ),
  ];
}
