import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { NodeEmitter, Value } from "@sunstep/onnx-graph";
import type { PredictionType } from "@sunstep/scheduler";
import type { AdapterTensor } from "../training/adapter-layout.js";
import type { Distance } from "./distance.js";
import { denoised, type NoiseLevel } from "./jump.js";
import type { BatchSizes } from "./student.js";

/** What is trained against what: everything that the graphs of teacher and student depend on. */
export interface Objective {
  readonly unet: Component<UNetConfig>;
  readonly prediction: PredictionType;
  readonly layout: readonly AdapterTensor[];
  readonly sizes: BatchSizes;
  readonly distance: Distance;
  /** Weights of the two losses in their sum. One that is 0 is not computed. */
  readonly weights: { readonly msc: number; readonly cfg: number };
  /** Of what negative prompts do with the teacher (`emitGuided`). Default 1. */
  readonly negativeStrength?: number;
  /** Where guided and student predictions are compared: as the network gives them (default), or as noise. */
  readonly cfgSpace?: "model_output" | "epsilon";
}

/** A prediction as the guidance loss compares it. */
export function comparedPrediction(
  emit: NodeEmitter,
  { prediction, cfgSpace = "model_output" }: Objective,
  sample: Value,
  output: Value,
  level: NoiseLevel,
): Value {
  return cfgSpace === "epsilon" ? denoised(emit, prediction, sample, output, level).noise : output;
}

/** The inputs that teacher and student have in common, with their shapes. */
export function batchShapes({ unet: { config }, sizes: { batch, height, width, tokens } }: Objective) {
  return {
    sample: [batch, config.in_channels, height, width],
    perSample: [batch],
    prompt: [batch, tokens, config.cross_attention_dim],
  } as const;
}
