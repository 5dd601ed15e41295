// A single file tells what its U-Net predicts in many ways, and some files in none.

import { toFloat32 } from "@sunstep/tensor";
import type { Architecture, PredictionType } from "../checkpoint.js";
import type { WeightTable } from "../collect-weights.js";
import { readWeight } from "../read-weight.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import type { YamlFacts } from "./yaml-facts.js";

export interface FoundPrediction {
  readonly prediction: PredictionType;
  /** True where the file does not tell: the prediction is the one of most models of its kind. */
  readonly assumed: boolean;
  /** A statement of the metadata that is not known. */
  readonly unknown?: string;
}

export interface PredictionSources {
  readonly file: SafetensorsFile;
  readonly unet: WeightTable;
  readonly architecture: Architecture;
  readonly inpainting: boolean;
  readonly yaml: YamlFacts;
}

/** Finds the prediction type in metadata, marker tensors, a YAML config, the number of steps, or the weights. */
export async function findPrediction(sources: PredictionSources): Promise<FoundPrediction> {
  const { file, architecture, inpainting, yaml } = sources;
  const stated = file.metadata[STATED];
  const known = stated === undefined ? undefined : spellings.get(stated.trim().toLowerCase());
  const unknown = stated !== undefined && known === undefined ? { unknown: stated } : {};
  const told = known ?? byMarker(file) ?? yaml.prediction ?? byArchitecture(file);
  if (told) return { prediction: told, assumed: false, ...unknown };
  if (architecture !== "sd2" || inpainting) return { prediction: "epsilon", assumed: false, ...unknown };
  const found = (await bySteps(file)) ?? (await bySpread(sources));
  return { prediction: found ?? "v_prediction", assumed: found === undefined, ...unknown };
}

/** The key of https://github.com/Stability-AI/ModelSpec; sd-scripts writes "v" and "epsilon". */
const STATED = "modelspec.prediction_type";
const spellings: ReadonlyMap<string, PredictionType> = new Map([
  ["epsilon", "epsilon"],
  ["eps", "epsilon"],
  ["v", "v_prediction"],
  ["v_prediction", "v_prediction"],
  ["v-prediction", "v_prediction"],
  ["sample", "sample"],
]);

/** ComfyUI and sd-scripts mark models that predict v by an empty tensor of that name. */
const byMarker = ({ tensors }: SafetensorsFile): PredictionType | undefined =>
  tensors.has("v_pred") ? "v_prediction" : undefined;

/** ModelSpec has an architecture for each of the SD 2.x models; trainers note the file that they began with. */
function byArchitecture({ metadata }: SafetensorsFile): PredictionType | undefined {
  const architecture = metadata["modelspec.architecture"] ?? "";
  if (/^stable-diffusion-v2-768-v\b/.test(architecture)) return "v_prediction";
  if (/^stable-diffusion-v2-512\b/.test(architecture)) return "epsilon";
  const base = /^v2-[01]_(512|768)/.exec(metadata.ss_sd_model_name ?? "")?.[1];
  if (base === undefined) return undefined;
  return base === "768" ? "v_prediction" : "epsilon";
}

/** SD 2.0 base was trained this long, and predicts noise (diffusers, single_file_utils.py). */
const SD2_BASE_STEPS = 875_000;

async function bySteps(file: SafetensorsFile): Promise<PredictionType | undefined> {
  const entry = file.tensors.get("global_step");
  if (!entry || entry.length > 8 || entry.length === 0) return undefined;
  const { data } = await readWeight(file.weights.get("global_step"));
  return Number(data[0]) === SD2_BASE_STEPS ? "epsilon" : undefined;
}

/** ComfyUI's way of telling SD 2.x models apart (comfy/supported_models.py, SD20.model_type): this bias spreads more. */
const SPREAD_WEIGHT = "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias";
const SPREAD_OF_V = 0.09;

async function bySpread({ unet }: PredictionSources): Promise<PredictionType | undefined> {
  const weight = unet.get(SPREAD_WEIGHT)?.();
  if (!weight) return undefined;
  const values = toFloat32(await readWeight(weight));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) > SPREAD_OF_V ? "v_prediction" : "epsilon";
}
