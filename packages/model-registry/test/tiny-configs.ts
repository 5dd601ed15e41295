import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";

const config = (path: string) => readFileSync(fixture(`tiny-sd15/${path}`));

/** The index and configs of a small Stable Diffusion 1.5, by their paths. */
export const tinyConfigs = {
  "model_index.json": config("model_index.json"),
  "unet/config.json": config("unet/config.json"),
  "vae/config.json": config("vae/config.json"),
  "text_encoder/config.json": config("text_encoder/config.json"),
  "scheduler/scheduler_config.json": config("scheduler/scheduler_config.json"),
} as const;
