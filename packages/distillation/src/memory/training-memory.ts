import { planRecomputation } from "@sunstep/autodiff";
import { storedPeak } from "@sunstep/graph-passes";
import type { Model } from "@sunstep/onnx-graph";
import { distillationError } from "../errors.js";
import type { AdamWOptions } from "../graphs/adamw.js";
import { optimizerStepGraph } from "../graphs/optimizer-step-graph.js";
import { storedBytes } from "./stored-bytes.js";

/** Node, ONNX Runtime, and the graphs of SD1.5's size themselves, measured. */
const PROGRAM = 1e9;

/**
 * Memory that the system's allocator holds for each byte of values alive at once, between blocks of a few megabytes that
 * come and go: 1.31 and 1.37 in two measured steps of SD1.5 (docs/training-at-scale.md).
 */
const ALLOCATED = 1.4;

/** Vectors of all trained weights that live through a step: the state at its beginning, in use, and its next value. */
const VECTORS = 12;

/** Vectors that a checkpoint copies to write them, between two steps. */
const SAVED_VECTORS = 8;

/** The memory of a training run, estimated from the graphs' shapes. */
export interface TrainingMemory {
  /** Bytes of the process at its highest. */
  readonly bytes: number;
  /** Its parts. A run holds the first three throughout, and one of the others at a time. */
  readonly parts: {
    readonly program: number;
    /** Weights as they are stored, mapped once for teacher, target and student. */
    readonly weights: number;
    readonly vectors: number;
    readonly targets: number;
    readonly step: number;
    readonly checkpoint: number;
  };
  /** The values that the backward pass keeps; absent: all. */
  readonly checkpoint?: readonly string[];
  /** Share of the student's forward pass that the backward pass computes again. */
  readonly repeated: number;
}

export interface TrainingGraphs {
  readonly targets: Model;
  readonly loss: Model;
  readonly adamw: AdamWOptions;
  /** Length of the trained vector. */
  readonly parameters: number;
  /** Bytes that the run holds besides: text encoders and their cached results. */
  readonly others: number;
}

/**
 * Chooses what the backward pass keeps so that a run stays within `limit` bytes.
 * @throws TRAINING_MEMORY with the smallest limit that can be met
 */
export function planTrainingMemory(
  { targets, loss, adamw, parameters, others }: TrainingGraphs,
  limit: number,
): TrainingMemory {
  const vector = 4 * parameters;
  const held = {
    program: PROGRAM + others,
    weights: storedBytes([targets, loss]),
    vectors: VECTORS * vector,
  };
  const heldBytes = held.program + held.weights + held.vectors;
  const besides = { targets: ALLOCATED * storedPeak(targets).bytes, checkpoint: SAVED_VECTORS * vector };
  const plan = planRecomputation(loss, {
    limit: limit - heldBytes,
    estimate: (checkpoint) =>
      ALLOCATED * storedPeak(optimizerStepGraph(loss, adamw, checkpoint ? { checkpoint } : {})).bytes,
  });
  const parts = { ...held, ...besides, step: plan.bytes };
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(2)} GB`;
  const bytes = Math.ceil(heldBytes + Math.max(parts.targets, parts.step, parts.checkpoint));
  if (bytes > limit) {
    throw distillationError(
      "TRAINING_MEMORY",
      `training needs about ${gigabytes(bytes)} (${bytes} bytes) at this batch and size, and the limit is ` +
        `${gigabytes(limit)}: raise the limit, or take a smaller batch or smaller latents`,
      { limit, smallest: bytes, parts },
    );
  }
  const { checkpoint, repeated } = plan;
  return { bytes, parts, ...(checkpoint && { checkpoint }), repeated };
}
