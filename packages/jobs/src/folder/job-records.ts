import { hasEnded, type Job } from "../job.js";
import type { Journal } from "./journal.js";

/** Ended jobs that are known at most, however short ago they ended. */
const MOST_ENDED = 1000;

/** The jobs of a queue, in memory and in its journal. */
export class JobRecords {
  readonly #journal: Journal<Job>;
  readonly #keepEnded: number;
  readonly #jobs = new Map<string, Job>();
  readonly #byKey = new Map<string, string>();
  #lines = 0;

  constructor(journal: Journal<Job>, keepEnded: number, jobs: readonly Job[]) {
    this.#journal = journal;
    this.#keepEnded = keepEnded;
    for (const job of jobs) this.#keep(job);
    this.#lines = jobs.length;
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** The newest job of a key that is not in vain. */
  withKey(key: string): Job | undefined {
    const job = this.#jobs.get(this.#byKey.get(key) ?? "");
    return job && job.state !== "failed" && job.state !== "cancelled" ? job : undefined;
  }

  /** Oldest first. */
  active(): Job[] {
    return [...this.#jobs.values()].filter((job) => !hasEnded(job)).sort((a, b) => a.created - b.created);
  }

  /** Blobs that jobs still need, to be run. */
  blobs(): Set<string> {
    return new Set(this.active().flatMap(({ spec }) => spec.blobs ?? []));
  }

  /** Resolves when the job is on the disk as it is now. */
  async write(job: Job): Promise<void> {
    this.#keep(job);
    this.#lines++;
    await this.#journal.append(job);
    this.#forgetOld();
    if (this.#lines > 4 * this.#jobs.size + MOST_ENDED) await this.compact();
  }

  async compact(): Promise<void> {
    this.#forgetOld();
    const jobs = [...this.#jobs.values()];
    this.#lines = jobs.length;
    await this.#journal.rewrite(jobs);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** The order of the map is that of the last changes. */
  #keep(job: Job): void {
    this.#jobs.delete(job.id);
    this.#jobs.set(job.id, job);
    this.#byKey.set(job.spec.key, job.id);
  }

  #forgetOld(): void {
    let surplus = this.#jobs.size - MOST_ENDED;
    for (const job of this.#jobs.values()) {
      const isOld = job.finished !== undefined && job.finished < Date.now() - this.#keepEnded;
      if (surplus <= 0 && !isOld) return;
      if (!hasEnded(job)) continue;
      surplus--;
      this.#jobs.delete(job.id);
      if (this.#byKey.get(job.spec.key) === job.id) this.#byKey.delete(job.spec.key);
    }
  }
}
