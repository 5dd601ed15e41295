import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type FolderQueueOptions, openFolderQueue, waitForJob } from "../src/index.js";
import { describeQueue, gate, spec, worker } from "./conformance.js";
import { temporaryFolder } from "./temporary-folder.js";

describeQueue("in a folder", async () => {
  const folder = await temporaryFolder();
  return (options) => openFolderQueue(folder, options);
});

/** Leaves a folder as `kill -9` does: the journal as it was, and no other trace. */
async function killedFolder(folder: string, run: (options?: FolderQueueOptions) => Promise<void>) {
  await run();
  const copy = await temporaryFolder();
  await writeFile(join(copy, "jobs.jsonl"), await readFile(join(folder, "jobs.jsonl")));
  return copy;
}

it("runs jobs again that were waiting or running when the process was killed", async () => {
  const folder = await temporaryFolder();
  const ids: string[] = [];
  const release = gate();
  const queue = await openFolderQueue(folder);
  const copy = await killedFolder(folder, async () => {
    const begun = gate();
    await queue.serve(
      worker(async () => {
        begun.open();
        await release.passed;
        return "first process";
      }),
    );
    for (const input of [1, 2, 3]) ids.push((await queue.add(spec(input))).job.id);
    await begun.passed;
    await expect.poll(() => readFile(join(folder, "jobs.jsonl"), "utf8")).toContain('"running"');
  });
  release.open();
  await queue.close();

  const next = await openFolderQueue(copy);
  expect((await next.active()).map(({ id, state }) => [id, state])).toEqual(ids.map((id) => [id, "waiting"]));
  await next.serve(worker(async () => "second process"));
  const ended = await Promise.all(ids.map((id) => waitForJob(next, id)));
  expect(ended.map(({ result, attempts }) => [result, attempts])).toEqual([
    ["second process", 2],
    ["second process", 1],
    ["second process", 1],
  ]);
  await next.close();
});

it("reports a job as lost that every process died of", async () => {
  const folder = await temporaryFolder();
  const { deadline, ...rest } = spec(1);
  const job = { id: "a", spec: { ...rest, deadline }, state: "running", attempts: 3, created: 1, started: 2 };
  await writeFile(join(folder, "jobs.jsonl"), `${JSON.stringify(job)}\n`);
  const queue = await openFolderQueue(folder);
  expect(await queue.get("a")).toMatchObject({ state: "failed", failure: { code: "JOB_LOST" } });
  await queue.close();
});

it("knows ended jobs after a restart, and leaves out a line that was cut off", async () => {
  const folder = await temporaryFolder();
  const first = await openFolderQueue(folder);
  await first.serve(worker(async () => "made"));
  const { job } = await first.add(spec(1));
  const ended = await waitForJob(first, job.id);
  await first.close();
  await appendFile(join(folder, "jobs.jsonl"), '{"id":"cut","spe');
  const second = await openFolderQueue(folder);
  expect(await second.get(job.id)).toEqual(ended);
  expect(await second.active()).toEqual([]);
  await second.close();
});

it("lets one process at a time use a folder", async () => {
  const folder = await temporaryFolder();
  const queue = await openFolderQueue(folder);
  await expect(openFolderQueue(folder)).rejects.toMatchObject({ code: "JOBS_FOLDER_IN_USE" });
  await queue.close();
  await (await openFolderQueue(folder)).close();
});

it("bounds its blobs, but keeps those that unfinished jobs need", async () => {
  const folder = await temporaryFolder();
  const queue = await openFolderQueue(folder, { maxBytes: 250 });
  const blob = (byte: number) => queue.blobs.put(new Uint8Array(100).fill(byte));
  const needed = await blob(1);
  const { job } = await queue.add(spec("other", { model: "other", blobs: [needed] }));
  await queue.serve(worker(async ({ spec: { input } }) => blob(Number(input))));
  const results: string[] = [];
  for (const input of [2, 3, 4]) {
    const { job } = await queue.add(spec(input));
    results.push((await waitForJob(queue, job.id)).result as string);
  }
  await expect
    .poll(async () => (await readdir(join(folder, "blobs"))).sort())
    .toEqual([needed, results[2]].sort());
  await queue.signal(job.id, "cancel");
  await queue.close();
});

it("forgets old jobs, so that neither memory nor the journal grows", async () => {
  const folder = await temporaryFolder();
  const queue = await openFolderQueue(folder, { maxWaiting: 10_000 });
  await queue.serve(worker(async () => 1));
  const ids = [];
  for (let i = 0; i < 2500; i++) ids.push(queue.add(spec(i)).then(({ job }) => job.id));
  const last = (await Promise.all(ids)).at(-1)!;
  await waitForJob(queue, last);
  expect(await queue.get(await ids[0]!)).toBeUndefined();
  expect(await queue.get(last)).toBeDefined();
  await queue.close();
  const lines = (await readFile(join(folder, "jobs.jsonl"), "utf8")).split("\n").length;
  expect(lines).toBeLessThan(7500);
});

it("has room for as many as may wait beside the job that runs, however fast they come", async () => {
  const queue = await openFolderQueue(await temporaryFolder(), { maxWaiting: 2 });
  const release = gate();
  await queue.serve(worker(() => release.passed.then(() => 1)));
  const added = await Promise.all([1, 2, 3].map((input) => queue.add(spec(input))));
  release.open();
  for (const { job } of added) expect((await waitForJob(queue, job.id)).state).toBe("done");
  await queue.close();
});
