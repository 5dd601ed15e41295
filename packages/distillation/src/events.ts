import type { TrainingMemory } from "./memory/training-memory.js";
import type { LossRecord } from "./run/loss-history.js";

/** Progress of a run. */
export type DistillEvent =
  | {
      /** Everything is loaded; earlier runs did `step` of `steps` steps (undefined while unknown). */
      readonly type: "start";
      readonly step: number;
      readonly steps: number | undefined;
      /** The checkpoint that the run resumes from. */
      readonly checkpoint: string | undefined;
    }
  | ({
      /** A run with a memory limit has chosen what its backward pass computes again. */
      readonly type: "memory";
      readonly limit: number;
    } & Pick<TrainingMemory, "bytes" | "parts" | "repeated">)
  | {
      /** The number of steps that fit into `seconds` is fixed. */
      readonly type: "steps";
      readonly steps: number;
      readonly stepsPerSecond: number;
    }
  | ({
      readonly type: "step";
      /** Steps done. */
      readonly step: number;
      readonly steps: number | undefined;
      readonly learningRate: number;
      /** Means over the last steps. */
      readonly recent: LossRecord;
      readonly samplesPerSecond: number;
      readonly secondsLeft: number | undefined;
    } & LossRecord)
  | { readonly type: "checkpoint"; readonly step: number; readonly file: string }
  | { readonly type: "preview"; readonly step: number; readonly file: string }
  | { readonly type: "warning"; readonly code: string; readonly message: string };

export type DistillListener = (event: DistillEvent) => void;
