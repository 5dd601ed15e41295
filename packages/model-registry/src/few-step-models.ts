// Few-step methods' files, by the names, licences and sizes of their pages.

import type { ModelEntry } from "./model-entry.js";

const lora = (
  name: string,
  architecture: "sd1" | "sdxl",
  source: string,
  license: string,
  description: string,
  megabytes?: number,
): ModelEntry => ({
  name,
  kind: "acceleration",
  architecture,
  source,
  license,
  description,
  ...(megabytes !== undefined && { megabytes }),
});

const hyperSd = (name: string, architecture: "sd1" | "sdxl", file: string, description: string) =>
  lora(
    name,
    architecture,
    `ByteDance/Hyper-SD:${file}-lora.safetensors`,
    "openrail++",
    description,
    architecture === "sd1" ? 269 : 787,
  );

const weights = "pytorch_lora_weights.safetensors";
const lcm = "latent-consistency/lcm-lora";

export const fewStepModels: readonly ModelEntry[] = [
  lora("lcm-lora-sd15", "sd1", `${lcm}-sdv1-5:${weights}`, "openrail++", "LCM-LoRA: 2 to 8 steps", 135),
  lora("lcm-lora-sdxl", "sdxl", `${lcm}-sdxl:${weights}`, "openrail++", "LCM-LoRA: 2 to 8 steps", 394),
  hyperSd("hyper-sd15-1step", "sd1", "Hyper-SD15-1step", "Hyper-SD: 1 to 8 steps"),
  hyperSd("hyper-sd15-2steps", "sd1", "Hyper-SD15-2steps", "Hyper-SD: 2 steps"),
  hyperSd("hyper-sd15-4steps", "sd1", "Hyper-SD15-4steps", "Hyper-SD: 4 steps"),
  hyperSd("hyper-sd15-8steps", "sd1", "Hyper-SD15-8steps", "Hyper-SD: 8 steps"),
  hyperSd("hyper-sd15-8steps-cfg", "sd1", "Hyper-SD15-8steps-CFG", "Hyper-SD: 8 steps, guided"),
  hyperSd("hyper-sd15-12steps-cfg", "sd1", "Hyper-SD15-12steps-CFG", "Hyper-SD: 12 steps, guided"),
  hyperSd("hyper-sdxl-1step", "sdxl", "Hyper-SDXL-1step", "Hyper-SD: 1 to 8 steps"),
  hyperSd("hyper-sdxl-2steps", "sdxl", "Hyper-SDXL-2steps", "Hyper-SD: 2 steps"),
  hyperSd("hyper-sdxl-4steps", "sdxl", "Hyper-SDXL-4steps", "Hyper-SD: 4 steps"),
  hyperSd("hyper-sdxl-8steps", "sdxl", "Hyper-SDXL-8steps", "Hyper-SD: 8 steps"),
  lora("tcd-sd15", "sd1", `h1t/TCD-SD15-LoRA:${weights}`, "mit", "TCD: 4 steps and more", 135),
  lora("tcd-sdxl", "sdxl", `h1t/TCD-SDXL-LoRA:${weights}`, "mit", "TCD: 4 steps and more", 394),
  lora(
    "pcm-sd15-smallcfg-4step",
    "sd1",
    "wangfuyun/PCM_Weights:sd15/pcm_sd15_smallcfg_4step_converted.safetensors",
    "apache-2.0",
    "PCM: 4 steps, weak guidance",
  ),
  lora(
    "pcm-sd15-normalcfg-8step",
    "sd1",
    "wangfuyun/PCM_Weights:sd15/pcm_sd15_normalcfg_8step_converted.safetensors",
    "apache-2.0",
    "PCM: 8 steps, ordinary guidance",
  ),
  lora(
    "sdxl-lightning-4step",
    "sdxl",
    "ByteDance/SDXL-Lightning:sdxl_lightning_4step_lora.safetensors",
    "openrail++",
    "SDXL-Lightning: 4 steps",
  ),
  lora(
    "dmd2-sdxl",
    "sdxl",
    "tianweiy/DMD2:dmd2_sdxl_4step_lora_fp16.safetensors",
    "cc-by-nc-4.0",
    "DMD2: 4 steps; no commercial use",
  ),
  {
    name: "lcm-dreamshaper-7",
    kind: "pipeline",
    architecture: "sd1",
    source: "SimianLuo/LCM_Dreamshaper_v7",
    license: "mit",
    description: "DreamShaper 7 as a latent consistency model: 4 steps",
  },
  {
    name: "sdxl-turbo",
    kind: "pipeline",
    architecture: "sdxl",
    source: "stabilityai/sdxl-turbo",
    license: "sai-nc-community",
    description: "Stable Diffusion XL Turbo, 512 pixels, 1 to 4 steps; no commercial use without a licence",
  },
];
