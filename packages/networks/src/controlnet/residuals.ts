import { skipConnections, type UNetConfig } from "@sunstep/checkpoint";

/** Names of residuals: those on the way down in order, then the middle block's. */
export interface ResidualNames {
  /** Outputs of a ControlNet. */
  readonly outputs: readonly string[];
  /** Inputs of a U-Net. */
  readonly inputs: readonly string[];
}

/** Returns diffusers' names of the residuals of a U-Net with `skips` skip connections. */
export function residualNames(skips: number): ResidualNames {
  const each = (down: string, mid: string) => [
    ...Array.from({ length: skips }, (_, i) => `${down}.${i}`),
    mid,
  ];
  return {
    outputs: each("down_block_res_samples", "mid_block_res_sample"),
    inputs: each("down_block_additional_residuals", "mid_block_additional_residual"),
  };
}

export interface ResidualSizes {
  readonly batch: number;
  /** Height and width of the latents. */
  readonly height: number;
  readonly width: number;
}

/** Returns the shapes of a U-Net's residuals by their names as its inputs. */
export function residualShapes(
  config: UNetConfig,
  { batch, height, width }: ResidualSizes,
): Record<string, readonly number[]> {
  const skips = skipConnections(config);
  const middle = {
    channels: config.block_out_channels.at(-1)!,
    halvings: config.block_out_channels.length - 1,
  };
  const shapes = [...skips, middle].map(({ channels, halvings }) => [
    batch,
    channels,
    Math.ceil(height / 2 ** halvings),
    Math.ceil(width / 2 ** halvings),
  ]);
  const { inputs } = residualNames(skips.length);
  return Object.fromEntries(inputs.map((name, i) => [name, shapes[i]!]));
}

/**
 * Returns a factor for each residual of a ControlNet. In guess mode they rise from a tenth for the first to 1 for the
 * middle block's (diffusers ControlNetModel.forward).
 */
export function residualScales(count: number, scale: number, guessMode: boolean): Float32Array {
  return Float32Array.from({ length: count }, (_, i) =>
    guessMode ? scale * 10 ** (i / (count - 1) - 1) : scale,
  );
}
