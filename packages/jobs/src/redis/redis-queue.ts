import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { BlobStore } from "../blobs.js";
import { jobsError } from "../errors.js";
import { hasEnded, type Job, type JobEvent, type JobSignal, type JobSpec } from "../job.js";
import type { Json } from "../json.js";
import {
  type AddOptions,
  type JobQueue,
  type JobWorker,
  type Offer,
  type QueueOptions,
  queueDefaults,
} from "../queue.js";
import { cancelled, lost, overdue } from "../run-job.js";
import { Watchers } from "../watchers.js";
import { type Bull, type BullData, readBullJob } from "./bull-job.js";
import { bullName, channels, keys, queueOf, queueOfId } from "./keys.js";
import { redisBlobs } from "./redis-blobs.js";
import { takeTurn } from "./take-turn.js";
import { WorkerLoop } from "./worker-loop.js";

export interface RedisQueueOptions extends QueueOptions {
  /** Milliseconds after which a job is run by another whose worker has not been heard of. Default 15 s. */
  readonly lockDuration?: number;
}

/** Milliseconds between two looks at watched jobs: messages may be lost while Redis restarts. */
const LOOK_EVERY = 1000;
/** Jobs of a model's queue that are listed at most. */
const LISTED = 1000;
/** Calls for workers that are kept while all are busy: a worker looks by itself when it has done a job. */
const MOST_CALLS = 999;
const CALLS_KEPT = 60_000;
const states = ["active", "wait", "prioritized"] as const;

/**
 * Opens the queue that many processes share, by BullMQ on the Redis at `url`: jobs run where a worker is served. Redis keeps
 * what was accepted if it appends to its file at once (`appendonly yes`, `appendfsync always`).
 */
export async function openRedisQueue(url: string, options: RedisQueueOptions = {}): Promise<JobQueue> {
  // Commands wait while Redis restarts, and are sent then.
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  const subscriber = redis.duplicate();
  for (const connection of [redis, subscriber]) {
    // A lost connection is made again by itself; without a listener it would be printed.
    connection.on("error", () => undefined);
    await connection.connect();
  }
  const queue = new RedisQueue(redis, subscriber, options);
  await queue.listen();
  return queue;
}

class RedisQueue implements JobQueue {
  readonly blobs: BlobStore;
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #options: Required<RedisQueueOptions>;
  readonly #queues = new Map<string, Queue>();
  readonly #loops: WorkerLoop[] = [];
  readonly #watchers = new Watchers();
  /** Watched jobs as they were last seen: Redis may have lost one. */
  readonly #seen = new Map<string, Job>();
  readonly #looking: NodeJS.Timeout;
  #adding: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(redis: Redis, subscriber: Redis, options: RedisQueueOptions) {
    this.#options = { ...queueDefaults, lockDuration: 15_000, ...options };
    this.#redis = redis;
    this.#subscriber = subscriber;
    this.blobs = redisBlobs(redis, this.#options.keepEnded);
    this.#looking = setInterval(() => void this.#lookAtWatched().catch(() => undefined), LOOK_EVERY);
    this.#looking.unref();
  }

  async listen(): Promise<void> {
    this.#subscriber.on("message", (channel: string, text: string) => this.#receive(channel, text));
    await this.#subscriber.subscribe(channels.signals);
  }

  /** One at a time, so that no more wait than may. */
  add(spec: JobSpec, { join = false }: AddOptions = {}) {
    const added = this.#adding.then(() => this.#add(spec, join));
    this.#adding = added.catch(() => undefined);
    return added;
  }

  async get(id: string): Promise<Job | undefined> {
    const name = queueOfId(id);
    if (name === undefined) return undefined;
    const ended = await this.#redis.get(keys.ended(id));
    if (ended !== null) return JSON.parse(ended) as Job;
    const state = await this.#queue(name).getJobState(id);
    const bull = (await this.#queue(name).getJob(id)) as Bull | undefined;
    const job = bull && readBullJob(bull, state);
    const isOverdue = job?.state === "waiting" && job.spec.deadline <= Date.now();
    return isOverdue ? this.#endWaiting(job, { ...job, ...overdue(job), finished: Date.now() }) : job;
  }

  async active(): Promise<readonly Job[]> {
    const names = await this.#redis.hkeys(keys.models);
    const lists = await Promise.all(
      names.map(
        (name) => this.#queue(name).getJobs([...states], 0, LISTED, true) as Promise<(Bull | undefined)[]>,
      ),
    );
    const jobs = await Promise.all(lists.flat().map((bull) => bull && this.get(bull.id!)));
    return jobs
      .filter((job) => job !== undefined && !hasEnded(job))
      .sort((a, b) => a!.created - b!.created) as Job[];
  }

  async progress(id: string): Promise<Json | undefined> {
    const text = await this.#redis.get(keys.progress(id));
    return text === null ? undefined : (JSON.parse(text) as Json);
  }

  async watch(id: string, listener: (event: JobEvent) => void): Promise<() => void> {
    // Subscribed first: a job that ends in between is seen by the look after it.
    await this.#subscriber.subscribe(channels.events(id));
    const job = await this.get(id);
    if (!job || hasEnded(job)) {
      if (!this.#seen.has(id)) await this.#subscriber.unsubscribe(channels.events(id));
      if (!job) throw jobsError("JOB_UNKNOWN", `there is no job ${JSON.stringify(id)}`, { id });
      listener({ type: "ended", job });
      return () => undefined;
    }
    this.#seen.set(id, job);
    const stop = this.#watchers.add(id, listener);
    return () => {
      stop();
      if (!this.#watchers.ids.includes(id)) this.#forget(id);
    };
  }

  async signal(id: string, signal: JobSignal): Promise<void> {
    const job = await this.get(id);
    if (!job || hasEnded(job)) return;
    if (job.state === "waiting") {
      const ended = await this.#endWaiting(job, { ...job, ...cancelled(job), finished: Date.now() });
      if (ended) return;
    }
    if (signal === "cancel") await this.#redis.set(keys.cancelled(id), "1", "PX", this.#options.keepEnded);
    await this.#redis.publish(channels.signals, JSON.stringify({ id, signal }));
  }

  async counts() {
    const names = await this.#redis.hkeys(keys.models);
    const counts = await Promise.all(names.map((name) => this.#queue(name).getJobCounts(...states)));
    const sum = (...of: readonly string[]) =>
      counts.reduce((total, count) => total + of.reduce((n, state) => n + (count[state] ?? 0), 0), 0);
    return { waiting: sum("wait", "prioritized"), running: sum("active") };
  }

  async offers(): Promise<readonly Offer[]> {
    const ids = await this.#redis.smembers(keys.workers);
    if (ids.length === 0) return [];
    const texts = await this.#redis.mget(ids.map(keys.worker));
    const silent = ids.filter((_, i) => texts[i] === null);
    if (silent.length > 0) await this.#redis.srem(keys.workers, ...silent);
    return texts.filter((text) => text !== null).map((text) => JSON.parse(text!) as Offer);
  }

  async serve(worker: JobWorker): Promise<void> {
    this.#checkOpen();
    const { maxAttempts, keepEnded, lockDuration } = this.#options;
    const loop = new WorkerLoop(worker, {
      redis: this.#redis,
      blobs: this.blobs,
      maxAttempts,
      keepEnded,
      lockDuration,
    });
    this.#loops.push(loop);
    await loop.start();
  }

  async save(name: string, value: Json): Promise<void> {
    await this.#redis.set(keys.value(name), JSON.stringify(value));
  }

  async load(name: string): Promise<Json | undefined> {
    const text = await this.#redis.get(keys.value(name));
    return text === null ? undefined : (JSON.parse(text) as Json);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#looking);
    await Promise.all(this.#loops.map((loop) => loop.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    this.#subscriber.disconnect();
    this.#redis.disconnect();
  }

  async #add(spec: JobSpec, join: boolean) {
    this.#checkOpen();
    const known = join ? await this.#withKey(spec.key) : undefined;
    if (known) return { job: known, joined: true };
    const { waiting } = await this.counts();
    if (waiting >= this.#options.maxWaiting) {
      throw jobsError("JOB_QUEUE_FULL", `${waiting} jobs are waiting, as many as may: try again later`, {
        waiting,
      });
    }
    const name = queueOf(spec.model);
    const id = `${name}-${randomUUID()}`;
    const data: BullData = { spec, created: Date.now() };
    await this.#redis.hset(keys.models, name, spec.model);
    const priority = await takeTurn(this.#redis, name, spec.client, waiting);
    await this.#queue(name).add("job", data, { jobId: id, priority });
    await this.#redis.set(keys.key(spec.key), id, "PX", this.#options.keepEnded);
    await this.#redis
      .multi()
      .lpush(keys.wake(name), id)
      .ltrim(keys.wake(name), 0, MOST_CALLS)
      .pexpire(keys.wake(name), CALLS_KEPT)
      .exec();
    return { job: { id, ...data, state: "waiting" as const, attempts: 0 }, joined: false };
  }

  /** The newest job of a key that is not in vain. */
  async #withKey(key: string): Promise<Job | undefined> {
    const id = await this.#redis.get(keys.key(key));
    const job = id === null ? undefined : await this.get(id);
    return job && job.state !== "failed" && job.state !== "cancelled" ? job : undefined;
  }

  /** Ends a job that no worker has taken; undefined if one was faster. */
  async #endWaiting(job: Job, ended: Job): Promise<Job | undefined> {
    const bull = await this.#queue(queueOf(job.spec.model)).getJob(job.id);
    try {
      await bull?.remove();
    } catch {
      return undefined;
    }
    await this.#redis.set(keys.ended(job.id), JSON.stringify(ended), "PX", this.#options.keepEnded);
    await this.#redis.publish(channels.events(job.id), JSON.stringify({ type: "ended" }));
    return ended;
  }

  #receive(channel: string, text: string): void {
    if (channel === channels.signals) {
      const { id, signal } = JSON.parse(text) as { id: string; signal: JobSignal };
      for (const loop of this.#loops) loop.signal(id, signal);
    } else {
      const id = channel.slice(channels.events("").length);
      const event = JSON.parse(text) as { type: "ended" } | Extract<JobEvent, { type: "progress" }>;
      if (event.type === "progress") this.#watchers.tell(id, event);
      else void this.#look(id).catch(() => undefined);
    }
  }

  async #lookAtWatched(): Promise<void> {
    for (const id of this.#watchers.ids) await this.#look(id);
  }

  /** Tells the watchers if a job has ended, or is gone. */
  async #look(id: string): Promise<void> {
    const seen = this.#seen.get(id);
    const job = (await this.get(id)) ?? (seen && { ...seen, ...lost(seen), finished: Date.now() });
    if (!job) return;
    if (!hasEnded(job)) this.#seen.set(id, job);
    else {
      this.#watchers.tell(id, { type: "ended", job });
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#seen.delete(id);
    this.#subscriber.unsubscribe(channels.events(id)).catch(() => undefined);
  }

  #queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = new Queue(bullName(name), { connection: this.#redis });
    queue.on("error", () => undefined);
    this.#queues.set(name, queue);
    return queue;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw jobsError("JOBS_CLOSED", "the queue was closed: it takes no more jobs");
  }
}
