import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@sunstep/files/node";
import { jobsError } from "../errors.js";
import { hasEnded, type Job, type JobSignal, type JobSpec } from "../job.js";
import type { Json } from "../json.js";
import {
  type AddOptions,
  type JobQueue,
  type JobWorker,
  type QueueOptions,
  queueDefaults,
} from "../queue.js";
import { cancelled, lost, type Outcome, overdue, type RunningJob, runJob } from "../run-job.js";
import { Watchers } from "../watchers.js";
import { FairOrder } from "./fair-order.js";
import { type FolderBlobs, openFolderBlobs } from "./folder-blobs.js";
import { lockFolder } from "./folder-lock.js";
import { JobRecords } from "./job-records.js";
import { openJournal } from "./journal.js";

export interface FolderQueueOptions extends QueueOptions {
  /** Bytes that results may take; the least recently used are deleted. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** Milliseconds between two looks for jobs that waited too long. */
const LOOK_EVERY = 500;

/**
 * Opens the queue of one machine, whose jobs run in this process. Everything is in `folder`: a job that is not done when the
 * process is killed is run again by the next one, or reported as failed. @throws JOBS_FOLDER_IN_USE
 */
export async function openFolderQueue(folder: string, options: FolderQueueOptions = {}): Promise<JobQueue> {
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  try {
    const { keepEnded = queueDefaults.keepEnded, maxBytes = 2 ** 30 } = options;
    const blobs = await openFolderBlobs(join(folder, "blobs"), maxBytes);
    const { journal, lines } = await openJournal<Job>(join(folder, "jobs.jsonl"));
    const queue = new FolderQueue(folder, blobs, new JobRecords(journal, keepEnded, lines), options, unlock);
    await queue.takeUp();
    return queue;
  } catch (error) {
    await unlock();
    throw error;
  }
}

class FolderQueue implements JobQueue {
  readonly blobs: FolderBlobs;
  readonly #folder: string;
  readonly #records: JobRecords;
  readonly #unlock: () => Promise<void>;
  readonly #maxWaiting: number;
  readonly #maxAttempts: number;
  readonly #order = new FairOrder();
  readonly #watchers = new Watchers();
  readonly #running = new Map<string, RunningJob & { progress?: Json }>();
  readonly #workers: { readonly worker: JobWorker; isBusy: boolean }[] = [];
  readonly #clock: NodeJS.Timeout;
  #isClosed = false;

  constructor(
    folder: string,
    blobs: FolderBlobs,
    records: JobRecords,
    { maxWaiting = queueDefaults.maxWaiting, maxAttempts = queueDefaults.maxAttempts }: QueueOptions,
    unlock: () => Promise<void>,
  ) {
    this.#folder = folder;
    this.blobs = blobs;
    this.#records = records;
    this.#maxWaiting = maxWaiting;
    this.#maxAttempts = maxAttempts;
    this.#unlock = unlock;
    this.#clock = setInterval(() => void this.#failOverdue(), LOOK_EVERY);
    this.#clock.unref();
  }

  /** Takes up the jobs that another process left: those that were running, it did not survive. */
  async takeUp(): Promise<void> {
    for (const job of this.#records.active()) {
      if (job.attempts >= this.#maxAttempts) await this.#end(job, lost(job));
      else {
        await this.#records.write({ ...job, state: "waiting" });
        this.#order.push(job.spec.client, job.id);
      }
    }
    await this.#records.compact();
  }

  async add(spec: JobSpec, { join = false }: AddOptions = {}) {
    this.#checkOpen();
    const known = join ? this.#records.withKey(spec.key) : undefined;
    if (known) return { job: known, joined: true };
    if (this.#order.size >= this.#maxWaiting) {
      throw jobsError(
        "JOB_QUEUE_FULL",
        `${this.#order.size} jobs are waiting, as many as may: try again later`,
        {
          waiting: this.#order.size,
        },
      );
    }
    const job: Job = { id: randomUUID(), spec, state: "waiting", attempts: 0, created: Date.now() };
    this.#order.push(spec.client, job.id);
    const written = this.#records.write(job);
    // Begun before it is written down, so that a job that need not wait takes no place in the queue.
    this.#startJobs();
    try {
      await written;
    } catch (error) {
      this.#order.remove(spec.client, job.id);
      throw error;
    }
    return { job, joined: false };
  }

  async get(id: string) {
    return this.#records.get(id);
  }

  async active() {
    return this.#records.active();
  }

  async progress(id: string) {
    return this.#running.get(id)?.progress;
  }

  async watch(id: string, listener: Parameters<JobQueue["watch"]>[1]) {
    const job = this.#records.get(id);
    if (!job) throw jobsError("JOB_UNKNOWN", `there is no job ${JSON.stringify(id)}`, { id });
    if (!hasEnded(job)) return this.#watchers.add(id, listener);
    listener({ type: "ended", job });
    return () => undefined;
  }

  async signal(id: string, signal: JobSignal) {
    const job = this.#records.get(id);
    const running = this.#running.get(id);
    if (running) running.signal(signal);
    else if (job?.state === "waiting") await this.#endWaiting(job, cancelled(job));
  }

  async counts() {
    return { waiting: this.#order.size, running: this.#running.size };
  }

  async offers() {
    return this.#workers.map(({ worker }) => worker.offer);
  }

  async serve(worker: JobWorker) {
    this.#checkOpen();
    this.#workers.push({ worker, isBusy: false });
    this.#startJobs();
  }

  async save(name: string, value: Json) {
    await writeWhole(this.#valueFile(name), JSON.stringify(value));
  }

  async load(name: string) {
    const text = await readFile(this.#valueFile(name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  async close() {
    this.#isClosed = true;
    clearInterval(this.#clock);
    await Promise.all([...this.#running.values()].map(({ outcome }) => outcome));
    await this.#records.close();
    await this.#unlock();
  }

  #valueFile(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw jobsError("JOBS_CLOSED", "the queue was closed: it takes no more jobs");
  }

  #startJobs(): void {
    for (const slot of this.#workers) {
      if (slot.isBusy || this.#isClosed) continue;
      const { models } = slot.worker.offer;
      const id = this.#order.next((one) => models.includes(this.#records.get(one)?.spec.model ?? ""));
      const job = id === undefined ? undefined : this.#records.get(id);
      if (!job) continue;
      slot.isBusy = true;
      void this.#run(slot.worker, job).finally(() => {
        slot.isBusy = false;
        this.#startJobs();
      });
    }
  }

  async #run(worker: JobWorker, job: Job): Promise<void> {
    const { id } = job;
    const started: Job = { ...job, state: "running", attempts: job.attempts + 1, started: Date.now() };
    // Its signals count from now on; the work begins when the attempt is on the disk.
    const written = this.#records.write(started);
    const running: RunningJob & { progress?: Json } = runJob(
      { offer: worker.offer, run: (one, context) => written.then(() => worker.run(one, context)) },
      started,
      {
        blobs: this.blobs,
        report: (progress) => {
          running.progress = progress;
          this.#watchers.tell(id, { type: "progress", progress });
        },
      },
    );
    this.#running.set(id, running);
    const outcome = await running.outcome;
    this.#running.delete(id);
    await this.#end(started, outcome);
  }

  async #end(job: Job, outcome: Outcome): Promise<void> {
    const ended: Job = { ...job, ...outcome, finished: Date.now() };
    // A disk that is full leaves the job in the journal as running: the client is told, and the next process runs it again.
    await this.#records.write(ended).catch(() => undefined);
    this.#watchers.tell(job.id, { type: "ended", job: ended });
    await this.blobs.trim(this.#records.blobs());
  }

  async #endWaiting(job: Job, outcome: Outcome): Promise<void> {
    this.#order.remove(job.spec.client, job.id);
    await this.#end(job, outcome);
  }

  async #failOverdue(): Promise<void> {
    const now = Date.now();
    for (const job of this.#records.active())
      if (job.state === "waiting" && job.spec.deadline <= now) await this.#endWaiting(job, overdue(job));
  }
}
