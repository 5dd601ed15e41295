import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import { type ConfigRules, checkClass, checkConfig } from "./fields.js";
import { parseUNetConfig, type UNetConfig } from "./unet.js";
import { perBlock } from "./unet-blocks.js";

/**
 * diffusers' config.json of a ControlNetModel. A ControlNet is a copy of a U-Net's way down, so its config is that U-Net's
 * with a few fields more; the blocks of the way up, which it lacks, are filled in as the mirror image.
 */
export interface ControlNetConfig extends UNetConfig {
  /** Channels of the control image. */
  readonly conditioning_channels: number;
  /** Widths of the embedding of the control image, one per resolution from pixels to latents. */
  readonly conditioning_embedding_out_channels: readonly number[];
  /** Order of the control image's channels. */
  readonly controlnet_conditioning_channel_order: "rgb" | "bgr";
}

/** The embedding halves its input between each two widths: from pixels to latents three times. */
const RESOLUTIONS = 4;

type OwnFields = Omit<ControlNetConfig, keyof UNetConfig>;

const rules: ConfigRules<OwnFields> = {
  conditioning_channels: { field: fields.integer(1, 64), missing: 3, only: 3 },
  conditioning_embedding_out_channels: {
    field: fields.listOf(fields.integer(1, 4096), RESOLUTIONS, RESOLUTIONS),
    missing: [16, 32, 96, 256],
  },
  controlnet_conditioning_channel_order: { field: fields.oneOf("rgb", "bgr"), missing: "rgb" },
};

/**
 * Checks a ControlNet's config and fills in diffusers' defaults.
 * @throws SunstepError CHECKPOINT_CONFIG, CHECKPOINT_UNSUPPORTED
 */
export function parseControlNetConfig(json: JsonObject, file = "config.json"): ControlNetConfig {
  checkClass(json, "_class_name", ["ControlNetModel"], file);
  checkConfig(
    { global_pool_conditions: json.global_pool_conditions ?? false },
    { global_pool_conditions: { field: fields.anything, only: false } },
    file,
  );
  const { _class_name: _, ...copied } = json;
  const unet = parseUNetConfig({ ...copied, ...mirrored(json) }, file);
  return { ...unet, ...checkConfig<OwnFields>(json, rules, file) };
}

function mirrored({ down_block_types: down }: JsonObject): JsonObject {
  if (!Array.isArray(down)) return {};
  return { up_block_types: down.map((type) => String(type).replace("Down", "Up")).reverse() };
}

/** The result of a layer on a U-Net's way down that its way up reads. */
export interface SkipConnection {
  readonly channels: number;
  /** How many times the resolution of the latents is halved. */
  readonly halvings: number;
}

/** Returns the skip connections of a U-Net in order. A ControlNet has a residual for each, and one for the middle block. */
export function skipConnections({
  block_out_channels: widths,
  layers_per_block,
}: UNetConfig): SkipConnection[] {
  const last = widths.length - 1;
  return [
    { channels: widths[0]!, halvings: 0 },
    ...widths.flatMap((channels, block) => [
      ...Array.from({ length: perBlock(layers_per_block, block) }, () => ({ channels, halvings: block })),
      ...(block < last ? [{ channels, halvings: block + 1 }] : []),
    ]),
  ];
}
