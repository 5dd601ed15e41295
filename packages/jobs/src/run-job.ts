import { SunstepError } from "@sunstep/errors";
import type { BlobStore } from "./blobs.js";
import { jobsError } from "./errors.js";
import type { Job, JobFailure, JobSignal } from "./job.js";
import type { Json } from "./json.js";
import type { JobWorker } from "./queue.js";

/** The outcome of a job, for the record. */
export type Outcome =
  | { readonly state: "done"; readonly result: Json }
  | { readonly state: "failed" | "cancelled"; readonly failure: JobFailure };

/** A job in the process that runs it. */
export interface RunningJob {
  readonly outcome: Promise<Outcome>;
  signal(signal: JobSignal): void;
}

export interface RunJobOptions {
  readonly blobs: BlobStore;
  readonly report: (progress: Json) => void;
}

/** Lets a worker run a job. The outcome never rejects, and comes at once after a cancel or the deadline. */
export function runJob(worker: JobWorker, job: Job, { blobs, report }: RunJobOptions): RunningJob {
  const controller = new AbortController();
  const listeners: ((signal: Exclude<JobSignal, "cancel">) => void)[] = [];
  const timer = setTimeout(() => controller.abort(deadlineError(job)), timeLeft(job));
  const work = async (): Promise<Json> => {
    controller.signal.throwIfAborted();
    return worker.run(job, {
      signal: controller.signal,
      onSignal: (listener) => listeners.push(listener),
      report,
      blobs,
    });
  };
  const outcome = work()
    .then(
      (result): Outcome => ({ state: "done", result }),
      (error: unknown) => outcomeOf(controller.signal.aborted ? controller.signal.reason : error),
    )
    .finally(() => clearTimeout(timer));
  return {
    outcome,
    signal(signal) {
      if (signal === "cancel") controller.abort(cancelError(job.id));
      else for (const listener of listeners) listener(signal);
    },
  };
}

/** Longer timers would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const timeLeft = ({ spec }: Job) => Math.min(LONGEST_TIMER, Math.max(0, spec.deadline - Date.now()));

const deadlineError = ({ id }: Job) =>
  jobsError("JOB_DEADLINE", `job ${id} was not done in the time that it had`, { id });

const cancelError = (id: string) => jobsError("JOB_CANCELLED", `job ${id} was cancelled`, { id });

const lostError = ({ id, attempts }: Job) =>
  jobsError(
    "JOB_LOST",
    `job ${id} was begun ${attempts} times, and each time its worker ended in the middle`,
    {
      id,
    },
  );

function outcomeOf(error: unknown): Outcome {
  const code = SunstepError.isInstance(error) ? error.code : "JOB_FAILED";
  const message = error instanceof Error ? error.message : String(error);
  return { state: code === "JOB_CANCELLED" ? "cancelled" : "failed", failure: { code, message } };
}

export const cancelled = ({ id }: Job): Outcome => outcomeOf(cancelError(id));
export const overdue = (job: Job): Outcome => outcomeOf(deadlineError(job));
export const lost = (job: Job): Outcome => outcomeOf(lostError(job));
