import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkpointIn } from "./checkpoint-in.js";
import { summarise } from "./measure.js";
import { peakTreeMemoryMb } from "./process-tree.js";
import type { SuiteResult } from "./report.js";
import type { TrainingAnswer, TrainingTask } from "./training-stage.js";

export interface TrainingOptions {
  /** Steps of each run. */
  readonly runs: number;
  /** Keeps the checkpoint here for the next bench; otherwise it is removed at the end. */
  readonly folder?: string;
}

/** Memory limits in bytes: one that keeps all values for the backward pass, and one that needs most of them again. */
const limits = { whole: 16e9, recomputed: 6.7e9 } as const;

/**
 * Measures whole training steps (teacher, target, student forward and backward, optimizer) on a checkpoint of SD1.5's
 * real size at 512×512, batch 1, float32, with the memory of all processes.
 */
export async function measureTraining({ runs, folder }: TrainingOptions): Promise<SuiteResult> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "sunstep-bench-training-")));
  try {
    const { model } = await checkpointIn(place);
    const figures: Record<string, SuiteResult[string]> = {};
    for (const [name, memoryLimit] of Object.entries(limits)) {
      console.log(`training within ${memoryLimit / 1e9} GB …`);
      const { result, peakMb } = await train({ model, memoryLimit, steps: runs });
      figures[`${name}.loadMs`] = result.loadMs;
      figures[`${name}.step`] = summarise(result.times);
      figures[`${name}.stepOnAllCores`] = summarise(result.cpuTimes);
      figures[`${name}.repeated`] = result.repeated;
      figures[`${name}.estimateMb`] = result.estimateMb;
      figures[`${name}.peakMb`] = peakMb;
    }
    return figures;
  } finally {
    if (folder === undefined) await rm(place, { recursive: true });
  }
}

/** Trains in a process of its own, and measures it and its children. */
function train(task: TrainingTask): Promise<{ result: TrainingAnswer; peakMb: number }> {
  const child = fork(fileURLToPath(new URL("./training-stage.ts", import.meta.url)));
  const answered = new Promise<TrainingAnswer>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the training ended with code ${code}`)));
    child.once("message", (answer) => resolve(answer as TrainingAnswer));
  });
  child.send(task);
  return peakTreeMemoryMb(child.pid!, () => answered);
}
