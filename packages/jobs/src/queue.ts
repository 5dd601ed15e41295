import type { BlobStore } from "./blobs.js";
import type { Job, JobEvent, JobSignal, JobSpec } from "./job.js";
import type { Json } from "./json.js";

export interface AddOptions {
  /** Takes a known job of the same key in place of a new one: one that waits, runs or is done. Default: false. */
  readonly join?: boolean;
}

/** The models of a worker, and what clients are told about them. */
export interface Offer {
  readonly models: readonly string[];
  readonly catalogue: Json;
}

export interface JobContext {
  /** Aborted when the job is cancelled or its deadline has passed. */
  readonly signal: AbortSignal;
  /** Calls `listener` for each "interrupt" and "skip". */
  onSignal(listener: (signal: Exclude<JobSignal, "cancel">) => void): void;
  /** Tells watchers; the latest is kept until the job ends. */
  report(progress: Json): void;
  readonly blobs: BlobStore;
}

export interface JobWorker {
  readonly offer: Offer;
  /** Resolves to the job's result. A `SunstepError` becomes the job's failure; jobs that fail are not repeated. */
  run(job: Job, context: JobContext): Promise<Json>;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
}

/** One interface for one machine (`openFolderQueue`) and many (`openRedisQueue`). */
export interface JobQueue {
  readonly blobs: BlobStore;
  /** Resolves when the job is written down: from then on it is not forgotten. @throws JOB_QUEUE_FULL, JOBS_CLOSED */
  add(spec: JobSpec, options?: AddOptions): Promise<{ readonly job: Job; readonly joined: boolean }>;
  get(id: string): Promise<Job | undefined>;
  /** Jobs that wait or run, oldest first. */
  active(): Promise<readonly Job[]>;
  /** The latest progress of a running job. */
  progress(id: string): Promise<Json | undefined>;
  /** Calls `listener` until "ended", at once if the job has ended. Returns a function that ends the watch. */
  watch(id: string, listener: (event: JobEvent) => void): Promise<() => void>;
  /** Has no effect on a job that has ended. */
  signal(id: string, signal: JobSignal): Promise<void>;
  counts(): Promise<QueueCounts>;
  /** The offers of the workers that are alive. */
  offers(): Promise<readonly Offer[]>;
  /** Lets `worker` run jobs, one at a time. */
  serve(worker: JobWorker): Promise<void>;
  /** Keeps a small value under a name, for all processes of the queue. */
  save(name: string, value: Json): Promise<void>;
  load(name: string): Promise<Json | undefined>;
  /** Takes no more jobs and waits for the running one. Jobs that wait stay written down. */
  close(): Promise<void>;
}

/** Options of every queue. */
export interface QueueOptions {
  /** Jobs that may wait. Default 64. */
  readonly maxWaiting?: number;
  /** How often a job is begun whose worker ended in the middle. Default 3. */
  readonly maxAttempts?: number;
  /** Milliseconds for which ended jobs are known. Default one hour. */
  readonly keepEnded?: number;
}

export const queueDefaults = { maxWaiting: 64, maxAttempts: 3, keepEnded: 3_600_000 } as const;
