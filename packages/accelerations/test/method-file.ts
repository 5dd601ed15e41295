// Files in the published names of few-step methods, with weights that `tooling/reference/generator/acceleration_runs.py` makes by
// the same formula.

import {
  memorySource,
  openSafetensors,
  type SafetensorsFile,
  type Weights,
  writeSafetensors,
} from "@sunstep/checkpoint";
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";

export type Layout = "kohya" | "peft" | "diffusers";

const ATTENTION = /\.(to_q|to_k|to_v|to_out\.0|proj_in|proj_out|ff\.net\.0\.proj|ff\.net\.2)$/;
const CONVOLUTION = /\.(conv1|conv2|conv_shortcut|time_emb_proj|downsamplers\.0\.conv|upsamplers\.0\.conv)$/;

const names: Readonly<Record<Layout, (module: string) => readonly [down: string, up: string]>> = {
  kohya: (module) => {
    const key = `lora_unet_${module.replaceAll(".", "_")}`;
    return [`${key}.lora_down.weight`, `${key}.lora_up.weight`];
  },
  peft: (module) => [`unet.${module}.lora_A.weight`, `unet.${module}.lora_B.weight`],
  diffusers: (module) => [`unet.${module}.lora.down.weight`, `unet.${module}.lora.up.weight`],
};

/** Multiples of 2^-15, which float16 holds. */
export function formulaWeight(name: string, shape: readonly number[]): Tensor {
  const salt = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from(
    { length: count },
    (_, i) => (((i * 7919 + salt * 104729) % 2048) - 1024) / 32768,
  );
  return tensor(encodeFloat16(values), shape, "float16");
}

/** A LoRA of rank 1 over a U-Net's attention, and its convolutions and time projections if wanted. */
export function loraFile(unet: Weights, layout: Layout, convolutions: boolean): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, Tensor> = {};
  for (const name of unet.names().filter((one) => one.endsWith(".weight"))) {
    const module = name.slice(0, -".weight".length);
    if (!ATTENTION.test(module) && !(convolutions && CONVOLUTION.test(module))) continue;
    const [outputs = 0, inputs = 0, ...kernel] = unet.get(name).shape;
    const [down, up] = names[layout](module);
    tensors[down] = formulaWeight(down, [1, inputs, ...kernel]);
    tensors[up] = formulaWeight(up, [outputs, 1, ...kernel.map(() => 1)]);
  }
  return writeSafetensors(tensors);
}

export function openFile(bytes: Uint8Array, name = "file.safetensors"): Promise<SafetensorsFile> {
  return openSafetensors(memorySource(bytes, name));
}
