import type { Json } from "./json.js";

export interface JobSpec {
  /** The request, as the worker understands it. Bytes are blobs of the queue's store, named by their address. */
  readonly input: Json;
  /** The model that it needs: only workers that offer it take the job. */
  readonly model: string;
  /** Clients take turns, so that many jobs of one do not delay another's. */
  readonly client: string;
  /** Names the same work: requests that may share a result have the same key. */
  readonly key: string;
  /** Milliseconds since 1970 after which the job fails with JOB_DEADLINE. */
  readonly deadline: number;
  /** Addresses of the blobs that `input` names: kept until the job has ended. */
  readonly blobs?: readonly string[];
}

export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface JobFailure {
  readonly code: string;
  readonly message: string;
}

/** A job as it was last written down. */
export interface Job {
  readonly id: string;
  readonly spec: JobSpec;
  readonly state: JobState;
  /** How often it was begun: more than once if a worker ended in the middle. */
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly started?: number;
  readonly finished?: number;
  /** Present once the job is done. */
  readonly result?: Json;
  /** Present once the job failed or was cancelled. */
  readonly failure?: JobFailure;
}

/** "cancel" ends a job without a result; "interrupt" and "skip" are passed to the worker, which ends the job early. */
export type JobSignal = "cancel" | "interrupt" | "skip";

export type JobEvent =
  | { readonly type: "progress"; readonly progress: Json }
  | { readonly type: "ended"; readonly job: Job };

export const hasEnded = ({ state }: Pick<Job, "state">): boolean =>
  state !== "waiting" && state !== "running";
