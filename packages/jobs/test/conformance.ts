// The laws of every queue. A queue's test file calls `describeQueue` with a function that opens one.

import { SunstepError } from "@sunstep/errors";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Job,
  type JobContext,
  type JobQueue,
  type JobSpec,
  type JobWorker,
  type Json,
  type QueueOptions,
  waitForJob,
} from "../src/index.js";

/** Opens a queue over the place of this test: a second call gives another process's view of it, where there can be one. */
export type OpenQueue = (options?: QueueOptions) => Promise<JobQueue>;

/** Makes the opener of one test. */
export type PreparePlace = () => Promise<OpenQueue>;

let keys = 0;
export const spec = (input: Json, more: Partial<JobSpec> = {}): JobSpec => ({
  input,
  model: "emoji",
  client: "anna",
  key: `key-${keys++}`,
  deadline: Date.now() + 60_000,
  ...more,
});

export const worker = (
  run: (job: Job, context: JobContext) => Promise<Json>,
  models: readonly string[] = ["emoji"],
): JobWorker => ({ offer: { models, catalogue: { models } }, run });

const echo = worker(async ({ spec: { input } }) => ({ echo: input }));

/** A promise that a test settles. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  const passed = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

/** A worker that waits in each job until it is told, or until its signal is aborted. */
function heldWorker() {
  const started: Json[] = [];
  const begun = gate<Job>();
  const release = gate();
  const held = worker((job, { signal }) => {
    started.push(job.spec.input);
    begun.open(job);
    return Promise.race([
      release.passed.then(() => job.spec.input),
      new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ]);
  });
  return { held, started, begun: begun.passed, release: release.open };
}

export function describeQueue(name: string, prepare: PreparePlace): void {
  const open = async (options?: QueueOptions) => {
    const openQueue = await prepare();
    const queue = await openQueue(options);
    onTestFinished(() => queue.close());
    return queue;
  };

  describe(`a queue ${name}`, () => {
    it("runs a job and keeps its result", async () => {
      const queue = await open();
      await queue.serve(echo);
      const { job, joined } = await queue.add(spec({ prompt: "apple" }));
      expect(joined).toBe(false);
      const ended = await waitForJob(queue, job.id);
      expect(ended).toMatchObject({
        id: job.id,
        state: "done",
        result: { echo: { prompt: "apple" } },
        attempts: 1,
      });
      expect(await queue.get(job.id)).toEqual(ended);
      expect(ended.finished).toBeGreaterThanOrEqual(ended.started!);
      expect(await waitForJob(queue, job.id)).toEqual(ended);
    });

    it("knows no job that was never added", async () => {
      const queue = await open();
      expect(await queue.get("3f")).toBeUndefined();
      await expect(waitForJob(queue, "3f")).rejects.toMatchObject({ code: "JOB_UNKNOWN" });
    });

    it("tells watchers the progress and keeps the latest", async () => {
      const queue = await open();
      const reported = gate();
      const release = gate();
      await queue.serve(
        worker(async (_, { report }) => {
          await reported.passed;
          report({ step: 1 });
          report({ step: 2 });
          await release.passed;
          return null;
        }),
      );
      const { job } = await queue.add(spec(null));
      const seen: Json[] = [];
      await queue.watch(job.id, (event) => {
        if (event.type === "progress") seen.push(event.progress);
      });
      const ended = waitForJob(queue, job.id);
      reported.open();
      await expect.poll(() => queue.progress(job.id)).toEqual({ step: 2 });
      await expect.poll(() => seen).toEqual([{ step: 1 }, { step: 2 }]);
      release.open();
      await ended;
      expect(await queue.progress(job.id)).toBeUndefined();
    });

    it("refuses jobs beyond its bound, and takes them again when there is room", async () => {
      const queue = await open({ maxWaiting: 2 });
      const { held, begun, release } = heldWorker();
      await queue.serve(held);
      await queue.add(spec(0));
      await begun;
      const waiting = [await queue.add(spec(1)), await queue.add(spec(2))];
      await expect(queue.add(spec(3))).rejects.toMatchObject({
        code: "JOB_QUEUE_FULL",
        details: { waiting: 2 },
      });
      expect(await queue.counts()).toEqual({ waiting: 2, running: 1 });
      release();
      for (const { job } of waiting) await waitForJob(queue, job.id);
      await queue.add(spec(4));
    });

    it("joins a request of the same key to the job that waits, runs or is done, if asked to", async () => {
      const queue = await open();
      const { held, begun, release } = heldWorker();
      await queue.serve(held);
      const same = spec(1, { key: "same" });
      const first = await queue.add(same);
      expect((await queue.add(same)).joined).toBe(false);
      const { job } = await queue.add(spec(1, { key: "other" }));
      expect(await queue.add(spec(1, { key: "other" }), { join: true })).toMatchObject({
        joined: true,
        job: { id: job.id },
      });
      await begun;
      release();
      await waitForJob(queue, job.id);
      const again = await queue.add(spec(1, { key: "other" }), { join: true });
      expect(again).toMatchObject({ joined: true, job: { id: job.id, state: "done", result: 1 } });
      expect((await waitForJob(queue, first.job.id)).state).toBe("done");
    });

    it("joins no job that failed", async () => {
      const queue = await open();
      let runs = 0;
      await queue.serve(
        worker(async () => {
          if (runs++ === 0) throw new Error("no luck");
          return "luck";
        }),
      );
      const { job } = await queue.add(spec(1, { key: "k" }), { join: true });
      await waitForJob(queue, job.id);
      const second = await queue.add(spec(1, { key: "k" }), { join: true });
      expect(second.joined).toBe(false);
      expect((await waitForJob(queue, second.job.id)).result).toBe("luck");
    });

    it("lets clients take turns", async () => {
      const queue = await open();
      const { held, started, begun, release } = heldWorker();
      await queue.serve(held);
      await queue.add(spec("a0", { client: "anna" }));
      await begun;
      const jobs = [];
      for (const input of ["a1", "a2", "a3", "b1", "b2", "c1"])
        jobs.push(await queue.add(spec(input, { client: input[0]! })));
      release();
      for (const { job } of jobs) await waitForJob(queue, job.id);
      expect(started).toEqual(["a0", "a1", "b1", "c1", "a2", "b2", "a3"]);
    });

    it("gives a job only to a worker that has its model", async () => {
      const queue = await open();
      const ran: Json[] = [];
      await queue.serve(worker(async ({ spec: { input } }) => ran.push(input), ["emoji", "ink"]));
      const { job: other } = await queue.add(spec("photo", { model: "photo" }));
      const { job } = await queue.add(spec("ink", { model: "ink" }));
      await waitForJob(queue, job.id);
      expect(ran).toEqual(["ink"]);
      expect((await queue.get(other.id))?.state).toBe("waiting");
      await queue.serve(worker(async ({ spec: { input } }) => ran.push(input), ["photo"]));
      await waitForJob(queue, other.id);
      expect(ran).toEqual(["ink", "photo"]);
      expect((await queue.offers()).map(({ models }) => models)).toEqual(
        expect.arrayContaining([["emoji", "ink"], ["photo"]]),
      );
    });

    it("cancels a job that waits, so that it is never run", async () => {
      const queue = await open();
      const { held, started, begun, release } = heldWorker();
      await queue.serve(held);
      await queue.add(spec(1));
      await begun;
      const { job } = await queue.add(spec(2));
      await queue.signal(job.id, "cancel");
      expect(await waitForJob(queue, job.id)).toMatchObject({
        state: "cancelled",
        failure: { code: "JOB_CANCELLED" },
        attempts: 0,
      });
      const { job: last } = await queue.add(spec(3));
      release();
      await waitForJob(queue, last.id);
      expect(started).toEqual([1, 3]);
    });

    it("cancels a job that runs", async () => {
      const queue = await open();
      const { held, begun } = heldWorker();
      await queue.serve(held);
      const { job } = await queue.add(spec(1));
      await begun;
      await queue.signal(job.id, "cancel");
      expect(await waitForJob(queue, job.id)).toMatchObject({
        state: "cancelled",
        failure: { code: "JOB_CANCELLED" },
      });
      expect(await queue.active()).toEqual([]);
    });

    it("passes interrupts to the worker, which may still have a result", async () => {
      const queue = await open();
      const begun = gate();
      await queue.serve(
        worker((_, { onSignal }) => {
          const signals: Json[] = [];
          return new Promise((resolve) => {
            onSignal((signal) => {
              signals.push(signal);
              if (signal === "interrupt") resolve(signals);
            });
            begun.open();
          });
        }),
      );
      const { job } = await queue.add(spec(1));
      await begun.passed;
      await queue.signal(job.id, "skip");
      await queue.signal(job.id, "interrupt");
      expect(await waitForJob(queue, job.id)).toMatchObject({ state: "done", result: ["skip", "interrupt"] });
    });

    it("fails jobs at their deadline, whether they wait or run", async () => {
      const queue = await open();
      const { held, begun } = heldWorker();
      await queue.serve(held);
      const { job } = await queue.add(spec(1, { deadline: Date.now() + 1500 }));
      await begun;
      const { job: waiting } = await queue.add(spec(2, { deadline: Date.now() + 100 }));
      const ended = await Promise.all([waitForJob(queue, job.id), waitForJob(queue, waiting.id)]);
      expect(ended.map(({ state, failure }) => [state, failure?.code])).toEqual([
        ["failed", "JOB_DEADLINE"],
        ["failed", "JOB_DEADLINE"],
      ]);
    });

    it("keeps the code and message of a typed error, and of others the message", async () => {
      const queue = await open();
      await queue.serve(
        worker(async ({ spec: { input } }) => {
          throw input === "typed" ? new SunstepError("PIPELINE_SIZE", "width 3: no") : new Error("a bug");
        }),
      );
      const failures = [];
      for (const input of ["typed", "other"]) {
        const { job } = await queue.add(spec(input));
        failures.push((await waitForJob(queue, job.id)).failure);
      }
      expect(failures).toEqual([
        { code: "PIPELINE_SIZE", message: "width 3: no" },
        { code: "JOB_FAILED", message: "a bug" },
      ]);
    });

    it("stores bytes by their content", async () => {
      const { blobs } = await open();
      const bytes = Uint8Array.of(1, 2, 3, 0, 255);
      const address = await blobs.put(bytes);
      // sha256sum of these five bytes.
      expect(address).toBe("a7db3014d470471b924e55d6abc7706002af84259e816d3ee3be8d49b0d53390");
      expect(await blobs.get(address)).toEqual(bytes);
      expect(await blobs.put(bytes)).toBe(address);
      expect(await blobs.get("0".repeat(64))).toBeUndefined();
      await expect(blobs.get("../jobs.jsonl")).rejects.toMatchObject({ code: "BLOB_ADDRESS" });
    });

    it("lets a worker store its result's bytes and read its input's", async () => {
      const queue = await open();
      await queue.serve(
        worker(async ({ spec: { input } }, { blobs }) => {
          const read = await blobs.get(input as string);
          return blobs.put(read!.map((byte) => byte + 1));
        }),
      );
      const address = await queue.blobs.put(Uint8Array.of(5, 6));
      const { job } = await queue.add(spec(address, { blobs: [address] }));
      const { result } = await waitForJob(queue, job.id);
      expect(await queue.blobs.get(result as string)).toEqual(Uint8Array.of(6, 7));
    });

    it("keeps small values by name", async () => {
      const queue = await open();
      expect(await queue.load("options")).toBeUndefined();
      await queue.save("options", { model: "emoji" });
      expect(await queue.load("options")).toEqual({ model: "emoji" });
    });

    it("takes no more jobs once it is closed", async () => {
      const queue = await (await prepare())();
      await queue.close();
      await expect(queue.add(spec(1))).rejects.toMatchObject({ code: "JOBS_CLOSED" });
    });

    it("ends a wait without ending the job", async () => {
      const queue = await open();
      const { held, begun, release } = heldWorker();
      await queue.serve(held);
      const { job } = await queue.add(spec(1));
      await begun;
      const controller = new AbortController();
      const waiting = waitForJob(queue, job.id, { signal: controller.signal });
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
      release();
      expect((await waitForJob(queue, job.id)).state).toBe("done");
    });
  });
}
