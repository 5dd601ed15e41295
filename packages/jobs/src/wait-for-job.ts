import { abortedError } from "@sunstep/errors";
import type { Job } from "./job.js";
import type { Json } from "./json.js";
import type { JobQueue } from "./queue.js";

export interface WaitOptions {
  /** Ends the wait, not the job. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Json) => void;
}

/** Resolves when a job has ended, in whatever way. @throws ABORTED, JOB_UNKNOWN */
export function waitForJob(
  queue: JobQueue,
  id: string,
  { signal, onProgress }: WaitOptions = {},
): Promise<Job> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | undefined;
    const abort = () => {
      stop?.();
      reject(abortedError(signal, `waiting for job ${id} was cancelled`));
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    queue
      .watch(id, (event) => {
        if (event.type === "progress") return onProgress?.(event.progress);
        signal?.removeEventListener("abort", abort);
        resolve(event.job);
      })
      .then((end) => {
        stop = end;
        if (signal?.aborted) end();
      }, reject);
  });
}
