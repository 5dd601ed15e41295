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
import { perBlock, pooledWidth, SIZE_NUMBERS } from "./unet-blocks.js";
import type { TransformerDepths, UNetConfig } from "./unet-config.js";

export type { TransformerDepths, UNetConfig };

const MAX_CHANNELS = 16_384;
const MAX_DEPTH = 64;
const blockTypes = ["CrossAttn", ""] as const;
const channels = fields.orNull(fields.integer(1, MAX_CHANNELS));
const depth = fields.oneOrList(fields.integer(0, MAX_DEPTH), MAX_LAYERS + 1);

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
    field: fields.orNull(fields.oneOf("UNetMidBlock2DCrossAttn", "UNetMidBlock2D")),
    missing: "UNetMidBlock2DCrossAttn",
  },
  layers_per_block: { field: fields.oneOrList(fields.integer(1, MAX_LAYERS), MAX_BLOCKS), missing: 2 },
  transformer_layers_per_block: { field: fields.oneOrList(depth, MAX_BLOCKS), missing: 1 },
  reverse_transformer_layers_per_block: {
    field: fields.orNull(fields.listOf(depth, 1, MAX_BLOCKS)),
    missing: null,
  },
  only_cross_attention: { field: fields.oneOrList(fields.boolean, MAX_BLOCKS), missing: false },
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
  center_input_sample: { field: fields.boolean, missing: false },
  addition_embed_type: { field: fields.orNull(fields.oneOf("text_time")), missing: null },
  addition_time_embed_dim: { field: channels, missing: null },
  projection_class_embeddings_input_dim: { field: channels, missing: null },
  // diffusers' embedding divides by width / 2 - 1.
  time_cond_proj_dim: { field: fields.orNull(fields.integer(4, MAX_CHANNELS)), missing: null },
};

/** Features of UNet2DConditionModel that Stable Diffusion 1.x, 2.x and XL do without. */
const unsupported = {
  act_fn: "silu",
  attention_type: "default",
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
  refuseImageInputs(config, file);
  const lists = [
    "down_block_types",
    "up_block_types",
    "layers_per_block",
    "transformer_layers_per_block",
    "reverse_transformer_layers_per_block",
    "only_cross_attention",
    "attention_head_dim",
    "num_attention_heads",
  ];
  checkLengths({ ...config }, "block_out_channels", lists, file);
  checkDepths(config, file);
  checkAddedConditioning(config, file);
  const widths = config.block_out_channels;
  checkDivides(config.norm_num_groups, widths, ["norm_num_groups", "block_out_channels"], file);
  const heads = config.num_attention_heads ?? config.attention_head_dim;
  for (const [block, type] of config.down_block_types.entries()) {
    if (type !== "CrossAttnDownBlock2D") continue;
    checkDivides(
      perBlock(heads, block),
      [widths[block]!],
      ["attention_head_dim", "block_out_channels"],
      file,
    );
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

/** Refuses lists of transformer depths that do not have one for each layer, or that say nothing of the way up. */
function checkDepths(config: UNetConfig, file: string): void {
  const down = config.transformer_layers_per_block;
  const up = config.reverse_transformer_layers_per_block;
  const refuse = (field: string, problem: string) =>
    checkpointError("CHECKPOINT_CONFIG", `${file}: ${field} ${problem}`, { file, field });
  const check = (
    field: string,
    depths: readonly TransformerDepths[],
    layersOf: (block: number) => number,
  ) => {
    for (const [block, depth] of depths.entries()) {
      if (typeof depth === "number" || depth.length === layersOf(block)) continue;
      throw refuse(
        field,
        `has ${depth.length} depths for the ${layersOf(block)} transformers of block ${block}`,
      );
    }
  };
  if (typeof down === "number") return;
  const layers = (block: number) => perBlock(config.layers_per_block, block);
  check("transformer_layers_per_block", down, layers);
  if (up) {
    check(
      "reverse_transformer_layers_per_block",
      up,
      (block) => layers(config.block_out_channels.length - 1 - block) + 1,
    );
  } else if (down.some((depth) => typeof depth !== "number")) {
    throw refuse(
      "reverse_transformer_layers_per_block",
      "is needed, since transformer_layers_per_block has a list for a block",
    );
  }
}

function checkAddedConditioning(config: UNetConfig, file: string): void {
  if (config.addition_embed_type === null || pooledWidth(config) > 0) return;
  const field = "projection_class_embeddings_input_dim";
  throw checkpointError(
    "CHECKPOINT_CONFIG",
    `${file}: ${field} ${describeJson(config[field])} must be more than ${SIZE_NUMBERS} times addition_time_embed_dim ` +
      describeJson(config.addition_time_embed_dim),
    { file, field },
  );
}
