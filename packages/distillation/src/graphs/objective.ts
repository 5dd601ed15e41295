import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { NodeEmitter, Value } from "@sunstep/onnx-graph";
import type { PredictionType } from "@sunstep/scheduler";
import type { AdapterTensor } from "../training/adapter-layout.js";
import type { Distance } from "./distance.js";
import { denoised, type NoiseLevel } from "./jump.js";
import type { BatchSizes } from "./student.js";

/** The training objective: every value that the graphs of teacher and student depend on. */
export interface Objective {
  readonly unet: Component<UNetConfig>;
  readonly prediction: PredictionType;
  readonly layout: readonly AdapterTensor[];
  readonly sizes: BatchSizes;
  readonly distance: Distance;
  /** Weights of the two losses in their sum. A loss of weight 0 is not computed. */
  readonly weights: { readonly msc: number; readonly cfg: number };
  /** Strength of the teacher's negative prompts (`emitGuided`). Default 1. */
  readonly negativeStrength?: number;
  /** Compares guided and student predictions as network outputs (default) or as noise. */
  readonly cfgSpace?: "model_output" | "epsilon";
}

/** Converts a prediction to the space of the guidance loss. */
export function comparedPrediction(
  emit: NodeEmitter,
  { prediction, cfgSpace = "model_output" }: Objective,
  sample: Value,
  output: Value,
  level: NoiseLevel,
): Value {
  return cfgSpace === "epsilon" ? denoised(emit, prediction, sample, output, level).noise : output;
}

/** Returns the shapes of the sample and of numbers per sample. */
export function batchShapes({ unet: { config }, sizes: { batch, height, width } }: Objective) {
  return { sample: [batch, config.in_channels, height, width], perSample: [batch] } as const;
}
