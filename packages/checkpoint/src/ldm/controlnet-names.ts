import type { ModulePair } from "./module-names.js";
import { ldmUNetLayout, numbersAfter, unetModules } from "./unet-names.js";

/** Convolutions of the control image's embedding in the original code: every other layer is an activation. */
const hint: readonly ModulePair[] = [
  ["input_hint_block.0", "controlnet_cond_embedding.conv_in"],
  ...[2, 4, 6, 8, 10, 12].map(
    (layer, i): ModulePair => [`input_hint_block.${layer}`, `controlnet_cond_embedding.blocks.${i}`],
  ),
  ["input_hint_block.14", "controlnet_cond_embedding.conv_out"],
  ["middle_block_out.0", "controlnet_mid_block"],
];

/**
 * Pairs the names of a ControlNet's modules in the original code (lllyasviel/ControlNet, cldm/cldm.py) with diffusers'.
 * `names` are those of its parameters, without a prefix.
 */
export function controlNetModules(names: ReadonlySet<string>): ModulePair[] {
  return [
    ...unetModules(ldmUNetLayout(names)),
    ...hint,
    ...numbersAfter(names, "zero_convs").map(
      (i): ModulePair => [`zero_convs.${i}.0`, `controlnet_down_blocks.${i}`],
    ),
  ];
}
