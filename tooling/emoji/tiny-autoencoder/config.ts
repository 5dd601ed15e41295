import { type JsonObject, parseTaesdConfig } from "@sunstep/checkpoint";

/** Width at all sizes, as the format requires; a multiple of 16, since ONNX Runtime blocks channels by 16. */
const WIDTH = 16;
const WIDTHS = [WIDTH, WIDTH, WIDTH, WIDTH];

/** diffusers' config.json of the emoji model's tiny autoencoder. Most layers work at the small sizes. */
export const configJson: JsonObject = {
  _class_name: "AutoencoderTiny",
  act_fn: "relu",
  decoder_block_out_channels: WIDTHS,
  encoder_block_out_channels: WIDTHS,
  force_upcast: false,
  in_channels: 3,
  latent_channels: 4,
  latent_magnitude: 3,
  latent_shift: 0.5,
  num_decoder_blocks: [4, 4, 3, 0],
  num_encoder_blocks: [0, 1, 2, 3],
  out_channels: 3,
  scaling_factor: 1,
  shift_factor: 0,
  upsample_fn: "nearest",
  upsampling_scaling_factor: 2,
};

export const config = parseTaesdConfig(configJson);
