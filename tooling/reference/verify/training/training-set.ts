// The index of a reference set's training cases, and what all cases of one model share.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Component, openComponent, type UNetConfig } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import {
  type AdapterTensor,
  adapterLayout,
  layoutLength,
  type Objective,
} from "@sunstep/distillation/training";
import { forwardProcess, type PredictionType, type SchedulerConfig } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";
import { allclose, type GoldenTensor, readSafetensors } from "@sunstep/testing";
import type { Tolerance } from "../tolerances.js";

interface CaseFields {
  readonly name: string;
  readonly file: string;
  readonly model: string;
  readonly add_pos: boolean;
  readonly prediction_type: PredictionType;
  readonly loss: "huber" | "mse";
  readonly huber_c?: number;
  readonly cfg_space?: "model_output" | "epsilon";
  readonly batch: number;
  /** Height and width. */
  readonly latent: readonly [number, number];
  readonly text_rows: readonly number[];
}

export interface LossCase extends CaseFields {
  readonly kind: "cfg" | "msc" | "mixed";
  readonly weights?: { readonly msc: number; readonly cfg: number };
  readonly suggested_tolerance: Readonly<
    Record<"outputs" | "input_gradients" | "adapter_gradients", Tolerance>
  > & { readonly loss_relative: number };
}

export interface AdamWCase extends CaseFields {
  readonly kind: "adamw";
  readonly optimizer: {
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weight_decay: number;
    readonly clip_grad_norm: number;
    readonly ema_decay: number;
  };
  readonly batches: readonly unknown[];
  readonly suggested_tolerance: Readonly<Record<"param" | "exp_avg" | "exp_avg_sq" | "ema", Tolerance>> & {
    readonly loss_relative: number;
    readonly grad_norm_relative: number;
  };
}

export type TrainingCase = LossCase | AdamWCase;

interface TrainingIndex {
  readonly constants: {
    readonly huber_c: number;
    /** The first timestep, then the lower ends of all stages. */
    readonly stage_boundaries: readonly number[];
    readonly teacher_step: number;
  };
  /** Folder of a model's U-Net, from the index's folder. */
  readonly frozen_weights: Readonly<Record<string, string>>;
  readonly cases: readonly TrainingCase[];
}

/** A case with its files. */
export interface OpenCase<Case extends TrainingCase = TrainingCase> {
  readonly testCase: Case;
  readonly constants: TrainingIndex["constants"];
  readonly unet: Component<UNetConfig>;
  readonly schedulerConfig: SchedulerConfig;
  readonly layout: readonly AdapterTensor[];
  readonly sizes: Objective["sizes"];
  /** The case's own file. */
  readonly tensors: ReadonlyMap<string, GoldenTensor>;
  /** Encoded prompts, [batch, tokens, channels]. */
  readonly prompt: Tensor<"float32">;
  readonly negative: Tensor<"float32">;
  /** The adapter at the start, and MSC's averaged one, as vectors. */
  readonly student: Float32Array;
  readonly averaged: () => Float32Array;
}

/** Opens one case of the index at `cases`, a path under `dir`. */
export async function openCase(dir: string, cases: string, name: string): Promise<OpenCase> {
  const folder = dirname(join(dir, cases));
  const index = JSON.parse(readFileSync(join(dir, cases), "utf8")) as TrainingIndex;
  const testCase = index.cases.find((one) => one.name === name);
  if (!testCase) throw new Error(`${cases} has no case ${name}`);
  const { model, add_pos: addPos, batch, text_rows: rows } = testCase;
  const unetFolder = join(folder, index.frozen_weights[model]!);
  const unet = await openComponent("unet", folderTree(unetFolder));
  const stored = JSON.parse(
    readFileSync(join(dirname(unetFolder), "scheduler/scheduler_config.json"), "utf8"),
  ) as SchedulerConfig;
  const schedulerConfig = { ...stored, prediction_type: testCase.prediction_type };
  checkSchedule(schedulerConfig, readSafetensors(join(folder, "schedule.safetensors")));
  const layout = adapterLayout(unet, addPos ? "add_pos" : "plain");
  const adapterName = `${model}_${addPos ? "addpos" : "plain"}.safetensors`;
  const text = readSafetensors(join(folder, `text_${model}.safetensors`));
  const prompt = takeRows(text.get("prompt_embeds")!, rows);
  const [height, width] = testCase.latent;
  return {
    testCase,
    constants: index.constants,
    unet,
    schedulerConfig,
    layout,
    sizes: { batch, height, width, tokens: prompt.shape[1]! },
    tensors: readSafetensors(join(folder, testCase.file)),
    prompt,
    negative: takeRows(text.get("negative_embeds")!, rows),
    student: flatten(layout, readSafetensors(join(folder, "../sun", adapterName))),
    averaged: () => flatten(layout, readSafetensors(join(folder, `ema_${adapterName}`))),
  };
}

/** Reads the set's table of alphaBar, which equals diffusers' to the bit. */
function checkSchedule(config: SchedulerConfig, stored: ReadonlyMap<string, GoldenTensor>): void {
  const { alphasCumprod, finalAlphaCumprod } = forwardProcess(config);
  for (const [name, actual] of [
    ["alphas_cumprod", alphasCumprod],
    ["final_alpha_cumprod", [finalAlphaCumprod]],
  ] as const) {
    const { pass, message } = allclose(actual, stored.get(name)!.data, {});
    if (!pass) throw new Error(`${name}: ${message}`);
  }
}

function takeRows({ shape, data }: GoldenTensor, rows: readonly number[]): Tensor<"float32"> {
  const size = data.length / shape[0]!;
  const taken = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries())
    taken.set((data as Float32Array).subarray(row * size, (row + 1) * size), i * size);
  return tensor(taken, [rows.length, ...shape.slice(1)]);
}

/** Reads an adapter's file as one vector. `prefix` precedes the names of its weights. */
function flatten(
  layout: readonly AdapterTensor[],
  tensors: ReadonlyMap<string, GoldenTensor>,
  prefix = "",
): Float32Array {
  const flat = new Float32Array(layoutLength(layout));
  for (const { name, offset } of layout) flat.set(tensors.get(prefix + name)!.data as Float32Array, offset);
  return flat;
}

export function distanceOf({ testCase, constants }: OpenCase): Objective["distance"] {
  return testCase.loss === "huber"
    ? { kind: "huber", c: testCase.huber_c ?? constants.huber_c }
    : { kind: "mse" };
}
