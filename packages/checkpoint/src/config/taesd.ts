import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import { type ConfigRules, checkClass, checkConfig } from "./fields.js";

/** diffusers' config.json of an AutoencoderTiny (TAESD), as it is. The encoder's lists are empty for a decoder alone. */
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

const channels = (least: number) => ({
  field: fields.listOf(fields.integer(1, 4096), least, 8),
  missing: [64, 64, 64, 64],
});

const rules: ConfigRules<TaesdConfig> = {
  in_channels: { field: fields.integer(1, 64), missing: 3 },
  out_channels: { field: fields.integer(1, 64), missing: 3 },
  latent_channels: { field: fields.integer(1, 256), missing: 4 },
  encoder_block_out_channels: channels(0),
  decoder_block_out_channels: channels(1),
  num_encoder_blocks: { field: fields.listOf(fields.integer(0, 64), 0, 8), missing: [1, 3, 3, 3] },
  num_decoder_blocks: { field: fields.listOf(fields.integer(0, 64), 1, 8), missing: [3, 3, 3, 1] },
  upsampling_scaling_factor: { field: fields.integer(1, 8), missing: 2, only: 2 },
  latent_magnitude: { field: fields.number(), missing: 3 },
  latent_shift: { field: fields.number(), missing: 0.5 },
  scaling_factor: { field: fields.number(), missing: 1 },
};

/**
 * Checks a tiny autoencoder's config and fills in diffusers' defaults.
 * @throws SunstepError CHECKPOINT_CONFIG, CHECKPOINT_UNSUPPORTED
 */
export function parseTaesdConfig(json: JsonObject, file = "config.json"): TaesdConfig {
  checkClass(json, "_class_name", ["AutoencoderTiny"], file);
  checkConfig({ act_fn: json.act_fn ?? "relu" }, { act_fn: { field: fields.anything, only: "relu" } }, file);
  return checkConfig(json, rules, file);
}
