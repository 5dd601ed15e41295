import type { SafetensorsFile } from "@sunstep/checkpoint";

/** The kinds of layers that LCM-LoRA changes, all of them in the U-Net, by kohya's names. */
const layers = [
  "attn1_to_q",
  "attn2_to_v",
  "ff_net_0_proj",
  "proj_in",
  "proj_out",
  "conv1",
  "conv2",
  "conv_shortcut",
  "time_emb_proj",
  "downsamplers_0_conv",
  "upsamplers_0_conv",
];

/**
 * Recognises LCM-LoRA by its layers: convolutions and time projections beside attention, kohya's names over diffusers'
 * blocks, no text encoder. Ordinary LoRAs of such layers (LoCon) come with their trainer's metadata.
 */
export function isLcmLora({ tensors, metadata }: SafetensorsFile): boolean {
  const names = [...tensors.keys()];
  const modules = names.filter((name) => name.endsWith(".lora_down.weight"));
  return (
    !Object.keys(metadata).some((key) => key.startsWith("ss_")) &&
    names.every((name) => /^lora_unet_(down|mid|up)_block/.test(name)) &&
    layers.every((layer) => modules.some((name) => name.includes(`_${layer}.`)))
  );
}
