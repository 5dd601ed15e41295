import { fields } from "@sunstep/errors";
import { checkpointError } from "../errors.js";
import { describeJson, type JsonObject } from "../json.js";
import {
  type ConfigRules,
  checkClass,
  checkConfig,
  checkDivides,
  checkLengths,
  MAX_BLOCKS,
  MAX_LAYERS,
} from "./fields.js";
import { unsupportedInputs } from "./input-channels.js";

/** diffusers' config.json of a UNet2DConditionModel, as it is. Lists have one entry per block, from the outside in. */
export interface UNetConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly block_out_channels: readonly number[];
  readonly down_block_types: readonly ("CrossAttnDownBlock2D" | "DownBlock2D")[];
  readonly up_block_types: readonly ("CrossAttnUpBlock2D" | "UpBlock2D")[];
  readonly mid_block_type: "UNetMidBlock2DCrossAttn" | null;
  readonly layers_per_block: number | readonly number[];
  readonly transformer_layers_per_block: number | readonly number[];
  readonly cross_attention_dim: number;
  /** The number of heads, in spite of its name (diffusers issue 2011). */
  readonly attention_head_dim: number | readonly number[];
  readonly num_attention_heads: number | readonly number[] | null;
  readonly use_linear_projection: boolean;
  readonly norm_num_groups: number;
  readonly norm_eps: number;
  readonly conv_in_kernel: number;
  readonly conv_out_kernel: number;
  readonly downsample_padding: number;
  readonly flip_sin_to_cos: boolean;
  readonly freq_shift: number;
  readonly sample_size: number | readonly number[] | null;
}

const MAX_CHANNELS = 16_384;
const blockTypes = ["CrossAttn", ""] as const;

const rules: ConfigRules<UNetConfig> = {
  in_channels: { field: fields.integer(1, 1024), missing: 4 },
  out_channels: { field: fields.integer(1, 1024), missing: 4 },
  block_out_channels: {
    field: fields.listOf(fields.integer(1, MAX_CHANNELS), 1, MAX_BLOCKS),
    missing: [320, 640, 1280, 1280],
  },
  down_block_types: {
    field: fields.listOf(
      fields.oneOf(...blockTypes.map((type) => `${type}DownBlock2D` as const)),
      1,
      MAX_BLOCKS,
    ),
    missing: ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
  },
  up_block_types: {
    field: fields.listOf(
      fields.oneOf(...blockTypes.map((type) => `${type}UpBlock2D` as const)),
      1,
      MAX_BLOCKS,
    ),
    missing: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
  },
  mid_block_type: {
    field: fields.orNull(fields.oneOf("UNetMidBlock2DCrossAttn")),
    missing: "UNetMidBlock2DCrossAttn",
  },
  layers_per_block: { field: fields.oneOrList(fields.integer(1, MAX_LAYERS), MAX_BLOCKS), missing: 2 },
  transformer_layers_per_block: { field: fields.oneOrList(fields.integer(1, 64), MAX_BLOCKS), missing: 1 },
  cross_attention_dim: { field: fields.integer(1, MAX_CHANNELS), missing: 1280 },
  attention_head_dim: { field: fields.oneOrList(fields.integer(1, 1024), MAX_BLOCKS), missing: 8 },
  num_attention_heads: {
    field: fields.orNull(fields.oneOrList(fields.integer(1, 1024), MAX_BLOCKS)),
    missing: null,
  },
  use_linear_projection: { field: fields.boolean, missing: false },
  norm_num_groups: { field: fields.integer(1, 1024), missing: 32 },
  norm_eps: { field: fields.number(), missing: 1e-5 },
  conv_in_kernel: { field: fields.oneOf(1, 3, 5, 7), missing: 3 },
  conv_out_kernel: { field: fields.oneOf(1, 3, 5, 7), missing: 3 },
  downsample_padding: { field: fields.integer(0, 1), missing: 1 },
  flip_sin_to_cos: { field: fields.boolean, missing: true },
  freq_shift: { field: fields.integer(0, 1), missing: 0 },
  sample_size: { field: fields.orNull(fields.oneOrList(fields.integer(1, MAX_CHANNELS), 2)), missing: null },
};

/** Features of UNet2DConditionModel that Stable Diffusion 1.x and 2.x do without. */
const unsupported = {
  act_fn: "silu",
  addition_embed_type: null,
  attention_type: "default",
  center_input_sample: false,
  class_embed_type: null,
  cross_attention_norm: null,
  dual_cross_attention: false,
  encoder_hid_dim: null,
  encoder_hid_dim_type: null,
  mid_block_only_cross_attention: false,
  mid_block_scale_factor: 1,
  num_class_embeds: null,
  resnet_out_scale_factor: 1,
  resnet_skip_time_act: false,
  resnet_time_scale_shift: "default",
  time_embedding_act_fn: null,
  time_embedding_dim: null,
  time_embedding_type: "positional",
  timestep_post_act: null,
} as const;

/** Checks a U-Net's config and fills in diffusers' defaults. Throws `CHECKPOINT_CONFIG`, `CHECKPOINT_UNSUPPORTED`. */
export function parseUNetConfig(json: JsonObject, file = "unet/config.json"): UNetConfig {
  checkClass(json, "_class_name", ["UNet2DConditionModel"], file);
  const config = checkConfig(json, rules, file);
  for (const [key, only] of Object.entries(unsupported))
    checkConfig({ [key]: json[key] ?? only }, { [key]: { field: fields.anything, only } }, file);
  checkOnlyCrossAttention(json, file);
  refuseGuidanceInput(json, file);
  refuseImageInputs(config, file);
  const perBlock = [
    "down_block_types",
    "up_block_types",
    "layers_per_block",
    "transformer_layers_per_block",
    "attention_head_dim",
    "num_attention_heads",
  ];
  checkLengths({ ...config }, "block_out_channels", perBlock, file);
  const channels = config.block_out_channels;
  checkDivides(config.norm_num_groups, channels, ["norm_num_groups", "block_out_channels"], file);
  const heads = config.num_attention_heads ?? config.attention_head_dim;
  for (const [block, type] of config.down_block_types.entries()) {
    if (type !== "CrossAttnDownBlock2D") continue;
    const count = typeof heads === "number" ? heads : heads[block]!;
    checkDivides(count, [channels[block]!], ["attention_head_dim", "block_out_channels"], file);
  }
  return config;
}

function refuseImageInputs({ in_channels, out_channels }: UNetConfig, file: string): void {
  const model = unsupportedInputs(in_channels, out_channels);
  if (model === undefined) return;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: in_channels is ${in_channels}: this is the U-Net of ${model}, which is not supported. Only models of ` +
      `${out_channels} channels, and of ${2 * out_channels + 1} for inpainting, are`,
    { file, field: "in_channels" },
  );
}

/** Refuses U-Nets of latent consistency models (arXiv 2310.04378), which take the guidance scale as an input. */
function refuseGuidanceInput(json: JsonObject, file: string): void {
  const width = json.time_cond_proj_dim ?? null;
  if (width === null) return;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: this is the U-Net of a latent consistency model (LCM), which takes the guidance scale as an input ` +
      `(time_cond_proj_dim ${describeJson(width)}); that is not supported yet. Open the model that it was distilled ` +
      "from, with a SUN adapter or with an LCM-LoRA",
    { file, field: "time_cond_proj_dim" },
  );
}

/** A single `false`, or one per block. */
function checkOnlyCrossAttention(json: JsonObject, file: string): void {
  const value = json.only_cross_attention ?? false;
  const all = Array.isArray(value) ? value : [value];
  for (const item of all)
    checkConfig(
      { only_cross_attention: item },
      { only_cross_attention: { field: fields.anything, only: false } },
      file,
    );
}
