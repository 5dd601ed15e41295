// A training run on the checkpoint of SD1.5's size in a process of its own: the first message is the task, and the answer
// comes after the last step.
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { distill, parsePromptList, promptData } from "@sunstep/distillation";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { openTextEncoders } from "sunstep";

export interface TrainingTask {
  readonly model: string;
  readonly memoryLimit: number;
  readonly steps: number;
}

export interface TrainingAnswer {
  readonly loadMs: number;
  /** Milliseconds of each step. */
  readonly times: readonly number[];
  /** Milliseconds of all cores in each step: on a busy machine, a better measure of the work. */
  readonly cpuTimes: readonly number[];
  /** The estimate that the run kept to. */
  readonly estimateMb: number;
  /** Share of the student that was computed twice. */
  readonly repeated: number;
}

/** Latents of 512x512. */
const shape = [4, 64, 64] as const;

process.once("message", async ({ model: path, memoryLimit, steps }: TrainingTask) => {
  const begin = performance.now();
  const checkpoint = await openCheckpoint(folderTree(path));
  const runtime = await createNodeRuntime({ cache: false });
  const textEncoders = await openTextEncoders(checkpoint);
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let [loadMs, last, lastCpu, estimateMb, repeated] = [0, 0, 0, 0, 0];
  await distill({
    model: { ...checkpoint, name: "synthetic", runtime, textEncoders },
    data: await promptData(parsePromptList("a red apple on a table"), shape),
    recipe: { steps, batch: 1, guidance: 7.5 },
    memoryLimit,
    onProgress(event) {
      const now = performance.now();
      if (event.type === "memory") [estimateMb, repeated] = [event.bytes / 2 ** 20, event.repeated];
      if (event.type === "start") loadMs = now - begin;
      const { user, system } = process.cpuUsage();
      const cpu = (user + system) / 1000;
      if (event.type === "step") {
        times.push(now - last);
        cpuTimes.push(cpu - lastCpu);
      }
      [last, lastCpu] = [now, cpu];
    },
  });
  await runtime.dispose();
  const answer: TrainingAnswer = { loadMs, times, cpuTimes, estimateMb, repeated };
  process.send!(answer);
  process.disconnect();
});
