import { createHash } from "node:crypto";

const PREFIX = "sunstep";

/** Names of Redis' keys and channels. */
export const keys = {
  blob: (address: string) => `${PREFIX}:blob:${address}`,
  /** Holds the id of the newest job of a key. */
  key: (key: string) => `${PREFIX}:key:${key}`,
  /** Holds the record of a job that ended before a worker took it. */
  ended: (id: string) => `${PREFIX}:ended:${id}`,
  /** Tells a worker that takes the job later that it is cancelled. */
  cancelled: (id: string) => `${PREFIX}:cancelled:${id}`,
  progress: (id: string) => `${PREFIX}:progress:${id}`,
  value: (name: string) => `${PREFIX}:value:${name}`,
  /** A hash: the models that jobs were added for, by the short hash that is their queue's name. */
  models: `${PREFIX}:models`,
  /** A set: the ids of workers. */
  workers: `${PREFIX}:workers`,
  worker: (id: string) => `${PREFIX}:worker:${id}`,
  /** A hash: the turn of each client of a queue, and under "" the turn that is being served. */
  turns: (queue: string) => `${PREFIX}:turns:${queue}`,
  /** A list with an entry for each added job, each of which wakes one worker that has nothing to do. */
  wake: (queue: string) => `${PREFIX}:wake:${queue}`,
} as const;

export const channels = {
  /** A job's progress and end. */
  events: (id: string) => `${PREFIX}:events:${id}`,
  /** Signals for running jobs. */
  signals: `${PREFIX}:signals`,
} as const;

/** A model's queue has a short name, since any text may be a model's name. */
export const queueOf = (model: string): string =>
  createHash("sha256").update(model).digest("hex").slice(0, 16);

/** An id begins with its queue's name. */
export const queueOfId = (id: string): string | undefined => /^([0-9a-f]{16})-[0-9a-f-]{36}$/.exec(id)?.[1];

export const bullName = (queue: string): string => `${PREFIX}-${queue}`;
