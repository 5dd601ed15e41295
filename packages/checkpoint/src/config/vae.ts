import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import {
  type ConfigRules,
  checkClass,
  checkConfig,
  checkDivides,
  checkLengths,
  MAX_BLOCKS,
  MAX_LAYERS,
} from "./fields.js";

/** diffusers' config.json of an AutoencoderKL, as it is. */
export interface VaeConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  readonly block_out_channels: readonly number[];
  readonly down_block_types: readonly "DownEncoderBlock2D"[];
  readonly up_block_types: readonly "UpDecoderBlock2D"[];
  readonly layers_per_block: number;
  readonly norm_num_groups: number;
  readonly scaling_factor: number;
  /** Values of Stable Diffusion XL's first VAE overflow float16; diffusers' default is true for every VAE. */
  readonly force_upcast: boolean;
  readonly mid_block_add_attention: boolean;
  readonly use_quant_conv: boolean;
  readonly use_post_quant_conv: boolean;
}

const rules: ConfigRules<VaeConfig> = {
  in_channels: { field: fields.integer(1, 64), missing: 3 },
  out_channels: { field: fields.integer(1, 64), missing: 3 },
  latent_channels: { field: fields.integer(1, 256), missing: 4 },
  block_out_channels: { field: fields.listOf(fields.integer(1, 16_384), 1, MAX_BLOCKS), missing: [64] },
  down_block_types: {
    field: fields.listOf(fields.oneOf("DownEncoderBlock2D"), 1, MAX_BLOCKS),
    missing: ["DownEncoderBlock2D"],
  },
  up_block_types: {
    field: fields.listOf(fields.oneOf("UpDecoderBlock2D"), 1, MAX_BLOCKS),
    missing: ["UpDecoderBlock2D"],
  },
  layers_per_block: { field: fields.integer(1, MAX_LAYERS), missing: 1 },
  norm_num_groups: { field: fields.integer(1, 1024), missing: 32 },
  scaling_factor: { field: fields.number(), missing: 0.18215 },
  force_upcast: { field: fields.boolean, missing: true },
  mid_block_add_attention: { field: fields.boolean, missing: true },
  use_quant_conv: { field: fields.boolean, missing: true },
  use_post_quant_conv: { field: fields.boolean, missing: true },
};

/** Features of AutoencoderKL that Stable Diffusion 1.x, 2.x and XL do without. Playground v2.5 has means. */
const unsupported = { act_fn: "silu", latents_mean: null, latents_std: null, shift_factor: null } as const;

/** Checks a VAE's config and fills in diffusers' defaults. Throws `CHECKPOINT_CONFIG`, `CHECKPOINT_UNSUPPORTED`. */
export function parseVaeConfig(json: JsonObject, file = "vae/config.json"): VaeConfig {
  checkClass(json, "_class_name", ["AutoencoderKL"], file);
  const config = checkConfig(json, rules, file);
  for (const [key, only] of Object.entries(unsupported))
    checkConfig({ [key]: json[key] ?? only }, { [key]: { field: fields.anything, only } }, file);
  checkLengths({ ...config }, "block_out_channels", ["down_block_types", "up_block_types"], file);
  checkDivides(
    config.norm_num_groups,
    config.block_out_channels,
    ["norm_num_groups", "block_out_channels"],
    file,
  );
  return config;
}

/** Returns the pixels per latent along each side (diffusers' `vae_scale_factor`): 8 for all Stable Diffusion models. */
export function vaeScaleFactor({ block_out_channels }: Pick<VaeConfig, "block_out_channels">): number {
  return 2 ** (block_out_channels.length - 1);
}
