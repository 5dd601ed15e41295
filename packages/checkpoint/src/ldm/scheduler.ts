// Single files carry no scheduler either: diffusers takes that of the model's repository.

import type { Architecture } from "../checkpoint.js";
import type { JsonObject } from "../json.js";
import { readWeight } from "../read-weight.js";
import type { SafetensorsFile } from "../safetensors/open.js";

export type PredictionType = "epsilon" | "v_prediction" | "sample";

const shared = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  num_train_timesteps: 1000,
  trained_betas: null,
  clip_sample: false,
  set_alpha_to_one: false,
  steps_offset: 1,
} as const;

/** stable-diffusion-v1-5 comes with PNDM; its inpainting model and the 2.x models with DDIM. */
export function defaultScheduler(
  architecture: Architecture,
  inpainting: boolean,
  prediction: PredictionType,
): JsonObject {
  return architecture === "sd1" && !inpainting
    ? { _class_name: "PNDMScheduler", ...shared, skip_prk_steps: true, prediction_type: prediction }
    : { _class_name: "DDIMScheduler", ...shared, prediction_type: prediction };
}

/** SD 2.0 base was trained this long, and predicts noise (diffusers, single_file_utils.py). */
const SD2_BASE_STEPS = 875_000;

export interface FoundPrediction {
  readonly prediction: PredictionType;
  /** Nothing in the file says so; it is what most models of its kind do. */
  readonly assumed: boolean;
}

/** What the U-Net predicts, as far as the file tells: in its metadata, a marker tensor, or its number of steps. */
export async function findPrediction(
  file: SafetensorsFile,
  architecture: Architecture,
  inpainting: boolean,
): Promise<FoundPrediction> {
  const stated = file.metadata["modelspec.prediction_type"] ?? "";
  if (/^v(_prediction)?$/.test(stated)) return { prediction: "v_prediction", assumed: false };
  if (/^(epsilon|eps)$/.test(stated)) return { prediction: "epsilon", assumed: false };
  // ComfyUI and sd-scripts mark models that predict v by an empty tensor of that name.
  if (file.tensors.has("v_pred")) return { prediction: "v_prediction", assumed: false };
  if (architecture === "sd1" || inpainting) return { prediction: "epsilon", assumed: false };
  const steps = await trainedSteps(file);
  return steps === SD2_BASE_STEPS
    ? { prediction: "epsilon", assumed: false }
    : { prediction: "v_prediction", assumed: true };
}

async function trainedSteps(file: SafetensorsFile): Promise<number | undefined> {
  const entry = file.tensors.get("global_step");
  if (!entry || entry.length > 8 || entry.length === 0) return undefined;
  const { data } = await readWeight(file.weights.get("global_step"));
  return Number(data[0]);
}
