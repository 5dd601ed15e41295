import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shapes } from "@sunstep/checkpoint";
import {
  modelIndex,
  schedulerConfig,
  taesdConfig,
  textEncoderConfig,
  unetConfig,
  vaeConfig,
} from "./synthetic/configs.js";
import { networkShapes, sunShapes } from "./synthetic/shapes.js";
import { type Fill, writeRandomSafetensors } from "./synthetic/write-safetensors.js";

export interface SyntheticCheckpoint {
  /** A diffusers folder of SD1.5's shape. */
  readonly model: string;
  /** A diffusers folder of TAESD's shape. */
  readonly taesd: string;
  /** A SUN adapter (add_pos) of the real size. */
  readonly sun: string;
}

const TENSORS = "diffusion_pytorch_model.safetensors";

/**
 * Writes a checkpoint of SD1.5's real size with seeded random float16 weights into `folder`, 2.2 GB in total: its images
 * are noise, its costs are real.
 */
export async function writeSyntheticCheckpoint(folder: string, seed = 1): Promise<SyntheticCheckpoint> {
  const model = join(folder, "sd15");
  const components: readonly (readonly [string, object, string, Shapes])[] = [
    ["sd15/unet", unetConfig, TENSORS, networkShapes.unet],
    ["sd15/vae", vaeConfig, TENSORS, networkShapes.vae],
    ["sd15/text_encoder", textEncoderConfig, "model.safetensors", networkShapes.textEncoder],
    ["taesd", taesdConfig, TENSORS, networkShapes.taesd],
  ];
  for (const [i, [path, config, tensors, shapes]] of components.entries()) {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, "config.json"), JSON.stringify(config, null, 2));
    await writeRandomSafetensors(join(folder, path, tensors), shapes, fill, seed + i);
  }
  await mkdir(join(model, "scheduler"), { recursive: true });
  await writeFile(join(model, "scheduler/scheduler_config.json"), JSON.stringify(schedulerConfig, null, 2));
  await writeFile(join(model, "model_index.json"), JSON.stringify(modelIndex, null, 2));
  const sun = join(folder, "sun_adapter_sdv15_4step_addpos.safetensors");
  await writeRandomSafetensors(sun, sunShapes(), fill, seed + components.length);
  return { model, taesd: join(folder, "taesd"), sun };
}

/** Scales that keep activations finite: a layer's sums are divided by the square root of its number of inputs. */
export function fill(name: string, shape: readonly number[]): Fill {
  const vector = shape.length === 1;
  if (vector && (name.endsWith("bias") || name.endsWith("beta"))) return { constant: 0 };
  if (vector) return { constant: 1 };
  if (name.includes("embedding.weight")) return { deviation: 0.02 };
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  return { deviation: 1 / Math.sqrt(inputs) };
}
