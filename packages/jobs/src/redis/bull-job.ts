import type { Job as BullJob, JobState } from "bullmq";
import type { Job, JobSpec } from "../job.js";
import { lost, type Outcome } from "../run-job.js";

/** The data of a job in BullMQ. */
export interface BullData {
  readonly spec: JobSpec;
  readonly created: number;
}

/** Every job that a worker finished, in whatever way, is "completed" for BullMQ, with its outcome as the value. */
export type Bull = BullJob<BullData, Outcome & { readonly finished: number }>;

/**
 * Reads a job as BullMQ has it. `state` was read before the job: one that has ended since is "running" with its old fields,
 * and never "done" without its result.
 */
export function readBullJob(bull: Bull, state: JobState | "unknown"): Job | undefined {
  const { spec, created } = bull.data;
  const base = { id: bull.id!, spec, created, attempts: bull.attemptsStarted };
  const started = bull.processedOn === undefined ? {} : { started: bull.processedOn };
  switch (state) {
    case "completed":
      return { ...base, ...started, ...bull.returnvalue };
    case "failed": {
      const job: Job = { ...base, ...started, state: "failed" };
      return { ...job, ...lost(job), finished: bull.finishedOn ?? Date.now() };
    }
    case "active":
      return { ...base, ...started, state: "running" };
    case "unknown":
      return undefined;
    default:
      return { ...base, state: "waiting" };
  }
}
