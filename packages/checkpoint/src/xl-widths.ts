import type { ClipTextConfig } from "./config/clip-text.js";
import type { UNetConfig } from "./config/unet.js";
import { pooledWidth } from "./config/unet-blocks.js";
import { checkpointError } from "./errors.js";

/**
 * Checks that a U-Net of Stable Diffusion XL takes what its two text encoders give: the states of both side by side, and
 * the projected pooled state of the second.
 * @throws SunstepError CHECKPOINT_CONFIG
 */
export function checkXlWidths(
  unet: UNetConfig,
  [first, second]: readonly [ClipTextConfig, ClipTextConfig],
  file: string,
): void {
  const states = first.hidden_size + second.hidden_size;
  const fits = states === unet.cross_attention_dim && second.projection_dim === pooledWidth(unet);
  if (fits) return;
  throw checkpointError(
    "CHECKPOINT_CONFIG",
    `${file}: the U-Net takes text of ${unet.cross_attention_dim} channels and a pooled text of ${pooledWidth(unet)}, the ` +
      `text encoders give ${states} and ${second.projection_dim}: they belong to different models`,
    { file, states, pooled: second.projection_dim },
  );
}
