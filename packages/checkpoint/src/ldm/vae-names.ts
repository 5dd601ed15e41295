// The autoencoder of the original code (CompVis/stable-diffusion, ldm/modules/diffusionmodules/model.py). Its decoder
// counts resolutions from the image on, diffusers' from the latents on.

import { checkLayout, type ModulePair, within } from "./module-names.js";
import { numbersAfter } from "./unet-names.js";

const resnet: readonly ModulePair[] = [
  ["norm1", "norm1"],
  ["conv1", "conv1"],
  ["norm2", "norm2"],
  ["conv2", "conv2"],
  ["nin_shortcut", "conv_shortcut"],
];

const attention: readonly ModulePair[] = [
  ["norm", "group_norm"],
  ["q", "to_q"],
  ["k", "to_k"],
  ["v", "to_v"],
  ["proj_out", "to_out.0"],
];

/** @throws SunstepError CHECKPOINT_UNSUPPORTED */
export function vaeModules(names: ReadonlySet<string>): ModulePair[] {
  const pairs: ModulePair[] = [
    ["quant_conv", "quant_conv"],
    ["post_quant_conv", "post_quant_conv"],
  ];
  for (const side of ["encoder", "decoder"] as const) {
    const [ldmBlock, block, resampler, resampled] =
      side === "encoder"
        ? (["down", "down_blocks", "downsample", "downsamplers.0"] as const)
        : (["up", "up_blocks", "upsample", "upsamplers.0"] as const);
    pairs.push(
      [`${side}.conv_in`, `${side}.conv_in`],
      [`${side}.norm_out`, `${side}.conv_norm_out`],
      [`${side}.conv_out`, `${side}.conv_out`],
      ...within([`${side}.mid.block_1`, `${side}.mid_block.resnets.0`], resnet),
      ...within([`${side}.mid.block_2`, `${side}.mid_block.resnets.1`], resnet),
      ...within([`${side}.mid.attn_1`, `${side}.mid_block.attentions.0`], attention),
    );
    const resolutions = numbersAfter(names, `${side}.${ldmBlock}`);
    checkLayout("VAE", resolutions.length, 0);
    for (const i of resolutions) {
      const canonical = `${side}.${block}.${side === "encoder" ? i : resolutions.length - 1 - i}`;
      for (const layer of numbersAfter(names, `${side}.${ldmBlock}.${i}.block`))
        pairs.push(
          ...within([`${side}.${ldmBlock}.${i}.block.${layer}`, `${canonical}.resnets.${layer}`], resnet),
        );
      pairs.push([`${side}.${ldmBlock}.${i}.${resampler}`, `${canonical}.${resampled}`]);
    }
  }
  return pairs;
}
