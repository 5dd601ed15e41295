import type { JsonObject } from "../json.js";
import { anything, type ConfigRules, checkClass, checkConfig, integer, listOf, real } from "./fields.js";

/** diffusers' config.json of an AutoencoderTiny (TAESD), as it is. */
export interface TaesdConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  readonly encoder_block_out_channels: readonly number[];
  readonly decoder_block_out_channels: readonly number[];
  readonly num_encoder_blocks: readonly number[];
  readonly num_decoder_blocks: readonly number[];
  readonly upsampling_scaling_factor: number;
  readonly latent_magnitude: number;
  readonly latent_shift: number;
  readonly scaling_factor: number;
}

const channels = { field: listOf(integer(1, 4096), 1, 8), missing: [64, 64, 64, 64] };

const rules: ConfigRules<TaesdConfig> = {
  in_channels: { field: integer(1, 64), missing: 3 },
  out_channels: { field: integer(1, 64), missing: 3 },
  latent_channels: { field: integer(1, 256), missing: 4 },
  encoder_block_out_channels: channels,
  decoder_block_out_channels: channels,
  num_encoder_blocks: { field: listOf(integer(0, 64), 1, 8), missing: [1, 3, 3, 3] },
  num_decoder_blocks: { field: listOf(integer(0, 64), 1, 8), missing: [3, 3, 3, 1] },
  upsampling_scaling_factor: { field: integer(1, 8), missing: 2, only: 2 },
  latent_magnitude: { field: real, missing: 3 },
  latent_shift: { field: real, missing: 0.5 },
  scaling_factor: { field: real, missing: 1 },
};

/**
 * Checks a tiny autoencoder's config and fills in diffusers' defaults.
 * @throws SunstepError CHECKPOINT_CONFIG, CHECKPOINT_UNSUPPORTED
 */
export function parseTaesdConfig(json: JsonObject, file = "config.json"): TaesdConfig {
  checkClass(json, "_class_name", ["AutoencoderTiny"], file);
  checkConfig({ act_fn: json.act_fn ?? "relu" }, { act_fn: { field: anything, only: "relu" } }, file);
  return checkConfig(json, rules, file);
}
