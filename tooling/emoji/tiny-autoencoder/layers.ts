// The convolutions of a tiny autoencoder (diffusers models/autoencoders/vae.py, EncoderTiny and DecoderTiny).
import type { TaesdConfig } from "@sunstep/checkpoint";

/** A convolution, 3x3. */
export interface Layer {
  readonly module: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** Role of the layer, which determines its initial weights. */
  readonly role: "features" | "block end" | "resize" | "latents in" | "image out" | "latents out";
}

type Make = (module: string) => readonly Layer[];

const nothing: Make = () => [];

const conv =
  (inputs: number, outputs: number, role: Layer["role"] = "features", bias = true): Make =>
  (module) => [{ module, inputs, outputs, bias, role }];

/** AutoencoderTinyBlock, its ReLUs between. */
const block =
  (width: number): Make =>
  (module) =>
    [0, 2, 4].flatMap((i) => conv(width, width, i === 4 ? "block end" : "features")(`${module}.conv.${i}`));

const blocks = (count: number, width: number): Make[] => Array.from({ length: count }, () => block(width));

/** Numbers the entries of a torch.nn.Sequential: a module's name ends in its index. */
const sequential = (name: string, entries: readonly Make[]): Layer[] =>
  entries.flatMap((make, i) => make(`${name}.${i}`));

function encoderLayers(config: TaesdConfig): Layer[] {
  const { in_channels, latent_channels, num_encoder_blocks } = config;
  const [width = 0] = config.encoder_block_out_channels;
  const stages = num_encoder_blocks.flatMap((count, stage) => [
    stage === 0 ? conv(in_channels, width) : conv(width, width, "resize", false),
    ...blocks(count, width),
  ]);
  return sequential("encoder.layers", [...stages, conv(width, latent_channels, "latents out")]);
}

function decoderLayers(config: TaesdConfig): Layer[] {
  const { out_channels, latent_channels, num_decoder_blocks } = config;
  const [width = 0] = config.decoder_block_out_channels;
  const upsample = [nothing, conv(width, width, "resize", false)];
  const last = num_decoder_blocks.length - 1;
  const stages = num_decoder_blocks.flatMap((count, stage) => [
    ...blocks(count, width),
    ...(stage === last ? [conv(width, out_channels, "image out")] : upsample),
  ]);
  const relu = nothing;
  return sequential("decoder.layers", [conv(latent_channels, width, "latents in"), relu, ...stages]);
}

export const layersOf = { encoder: encoderLayers, decoder: decoderLayers };
