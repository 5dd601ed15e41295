import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { BlobStore } from "../blobs.js";
import type { JobSignal } from "../job.js";
import type { Json } from "../json.js";
import type { JobWorker } from "../queue.js";
import { type Outcome, type RunningJob, runJob } from "../run-job.js";
import { type Bull, readBullJob } from "./bull-job.js";
import { bullName, channels, keys, queueOf } from "./keys.js";
import { serveTurn } from "./take-turn.js";

export interface WorkerLoopOptions {
  readonly redis: Redis;
  readonly blobs: BlobStore;
  readonly maxAttempts: number;
  readonly keepEnded: number;
  /** Milliseconds after which a job is another's whose worker has not been heard of. */
  readonly lockDuration: number;
}

/** Seconds between two looks for jobs, if nothing wakes the worker: jobs of dead workers come back without a call. */
const LOOK_EVERY = 2;
/** Milliseconds between two tries to reach Redis. */
const RETRY_EVERY = 500;
const ADVERTISE_EVERY = 3000;
/** Milliseconds after which a silent worker is no longer listed. */
const FORGOTTEN_AFTER = 12_000;
const PROGRESS_KEPT = 600_000;

/** Jobs of one model that a worker takes while others wait: to load another model takes longer than to ask for one. */
const IN_A_ROW = 8;

/** Takes jobs of its models from Redis, one at a time, and runs them. */
export class WorkerLoop {
  readonly #worker: JobWorker;
  readonly #options: WorkerLoopOptions;
  readonly #id = randomUUID();
  readonly #queues = new Map<string, Worker>();
  readonly #advertising: NodeJS.Timeout;
  #running: { readonly id: string; readonly job: RunningJob } | undefined;
  /** Waits for calls: other commands on this connection would wait too. */
  readonly #ear: Redis;
  /** Jobs that were taken one after the other from the queue that is asked first. */
  #inARow = 0;
  #isClosed = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(worker: JobWorker, options: WorkerLoopOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#ear = options.redis.duplicate();
    this.#ear.on("error", () => undefined);
    this.#advertising = setInterval(() => void this.#advertise().catch(() => undefined), ADVERTISE_EVERY);
    this.#advertising.unref();
  }

  async start(): Promise<void> {
    await this.#advertise();
    this.#loop = this.#run();
  }

  signal(id: string, signal: JobSignal): void {
    if (this.#running?.id === id) this.#running.job.signal(signal);
  }

  /** Waits for the running job. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#advertising);
    this.#ear.disconnect();
    await this.#loop;
    const { redis } = this.#options;
    await redis.del(keys.worker(this.#id));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  async #advertise(): Promise<void> {
    const { redis } = this.#options;
    const { models, catalogue } = this.#worker.offer;
    await redis.sadd(keys.workers, this.#id);
    await redis.set(keys.worker(this.#id), JSON.stringify({ models, catalogue }), "PX", FORGOTTEN_AFTER);
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const next = await this.#next();
        if (next) await this.#runOne(next.bull, next.token);
        else await this.#idle();
      } catch {
        // Redis is away: what it has of the job decides when it is back.
        await delay(RETRY_EVERY);
      }
    }
  }

  /** Waits for an added job, of which Redis tells one worker. */
  async #idle(): Promise<void> {
    const lists = [...this.#queues.keys()].map(keys.wake);
    if (lists.length === 0) await delay(RETRY_EVERY);
    else await this.#ear.brpop(lists, LOOK_EVERY);
  }

  /** The first job of any of its models' queues: of the last job's model, for a while, then of the others in turn. */
  async #next(): Promise<{ readonly bull: Bull; readonly token: string } | undefined> {
    for (const model of this.#worker.offer.models) this.#open(queueOf(model));
    for (const [queue, worker] of this.#queues) {
      const token = randomUUID();
      const bull = (await worker.getNextJob(token, { block: false })) as Bull | undefined;
      if (!bull) continue;
      this.#reorder(queue, worker);
      return { bull, token };
    }
    return undefined;
  }

  /** Orders the queues anew after a job was taken: its own is the first again, or the last if others have waited long. */
  #reorder(queue: string, worker: Worker): void {
    const [first] = this.#queues.keys();
    this.#inARow = first === queue ? this.#inARow + 1 : 1;
    const others = [...this.#queues].filter(([name]) => name !== queue);
    this.#queues.clear();
    const isLong = this.#inARow >= IN_A_ROW;
    for (const [name, other] of isLong
      ? [...others, [queue, worker] as const]
      : [[queue, worker] as const, ...others])
      this.#queues.set(name, other);
  }

  #open(queue: string): void {
    if (this.#queues.has(queue)) return;
    const { redis, maxAttempts, keepEnded, lockDuration } = this.#options;
    const keep = { age: Math.ceil(keepEnded / 1000), count: 10_000 };
    const worker = new Worker(bullName(queue), null, {
      connection: redis,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: maxAttempts - 1,
      removeOnComplete: keep,
      removeOnFail: keep,
    });
    // Errors of the connection are told again by the calls that need it.
    worker.on("error", () => undefined);
    void worker.startStalledCheckTimer();
    this.#queues.set(queue, worker);
  }

  async #runOne(bull: Bull, token: string): Promise<void> {
    const { redis, blobs, lockDuration } = this.#options;
    const id = bull.id!;
    const job = readBullJob(bull, "active");
    if (!job) return;
    await serveTurn(redis, queueOf(job.spec.model), bull.priority || bull.opts.priority || 0);
    const report = (progress: Json) => {
      const text = JSON.stringify(progress);
      redis.set(keys.progress(id), text, "PX", PROGRESS_KEPT).catch(() => undefined);
      redis
        .publish(channels.events(id), JSON.stringify({ type: "progress", progress }))
        .catch(() => undefined);
    };
    const running = runJob(this.#worker, job, { blobs, report });
    this.#running = { id, job: running };
    if ((await redis.exists(keys.cancelled(id))) === 1) running.signal("cancel");
    const renewing = setInterval(() => {
      bull.extendLock(token, lockDuration).catch(() => undefined);
    }, lockDuration / 3);
    try {
      await this.#finish(bull, token, await running.outcome);
    } finally {
      clearInterval(renewing);
      this.#running = undefined;
    }
  }

  /** Writes the outcome down, however long Redis is away; another worker's outcome counts if it has taken the job over. */
  async #finish(bull: Bull, token: string, outcome: Outcome): Promise<void> {
    const { redis } = this.#options;
    for (;;) {
      try {
        await bull.moveToCompleted({ ...outcome, finished: Date.now() }, token, false);
        break;
      } catch (error) {
        if (typeof (error as { code?: unknown }).code === "number") return;
        await delay(RETRY_EVERY);
      }
    }
    await redis.del(keys.progress(bull.id!));
    await redis.publish(channels.events(bull.id!), JSON.stringify({ type: "ended" }));
  }
}
