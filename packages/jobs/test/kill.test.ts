// Deaths by `kill -9`. SUNSTEP_KILLS sets how many processes of the one-machine queue die, SUNSTEP_JOBS the jobs of the
// shared one; the full runs have 50 and 300.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { addressOf } from "../src/blobs.js";
import { openFolderQueue, waitForJob } from "../src/index.js";
import { openRedisQueue } from "../src/redis.js";
import { startChild } from "./child-process.js";
import { spec, worker } from "./conformance.js";
import { hasRedis, startRedis } from "./redis-server.js";
import { temporaryFolder } from "./temporary-folder.js";

const kills = Number(process.env.SUNSTEP_KILLS ?? 5);
const jobs = Number(process.env.SUNSTEP_JOBS ?? 40);

const resultOf = (input: string) => new TextEncoder().encode(`result of ${input} `.repeat(2000));

it(
  `forgets no accepted job and leaves no half file in ${kills} deaths by kill -9`,
  async () => {
    const folder = await temporaryFolder();
    const accepted = new Map<string, string>();
    for (let i = 0; i < kills; i++) {
      const child = await startChild(["folder", folder]);
      await delay(Math.random() * 300);
      await child.kill();
      for (const { accepted: id, input } of child.lines) if (id) accepted.set(String(id), String(input));
    }
    const queue = await openFolderQueue(folder);
    onTestFinished(() => queue.close());
    await queue.serve(
      worker(async ({ spec: { input } }, { blobs }) => ({
        input,
        blob: await blobs.put(resultOf(String(input))),
      })),
    );
    const states = new Map<string, number>();
    for (const [id, input] of accepted) {
      const job = await waitForJob(queue, id);
      states.set(job.failure?.code ?? job.state, (states.get(job.failure?.code ?? job.state) ?? 0) + 1);
      if (job.state === "done") {
        expect(job.result).toEqual({ input, blob: addressOf(resultOf(input)) });
        expect(await queue.blobs.get(addressOf(resultOf(input)))).toEqual(resultOf(input));
      } else expect(job.failure?.code).toBe("JOB_LOST");
    }
    expect(accepted.size).toBeGreaterThan(kills);
    for (const name of await readdir(join(folder, "blobs")))
      expect(addressOf(await readFile(join(folder, "blobs", name)))).toBe(name);
    console.log(`${kills} kills, ${accepted.size} accepted jobs:`, Object.fromEntries(states));
  },
  60_000 + kills * 10_000,
);

describe.skipIf(!hasRedis)("with a Redis server", () => {
  it(
    `loses none of ${jobs} jobs while workers are killed and Redis is restarted`,
    async () => {
      const redis = await startRedis();
      onTestFinished(() => redis.dispose());
      const front = await openRedisQueue(redis.url, { maxWaiting: jobs, maxAttempts: 10 });
      onTestFinished(() => front.close());
      const start = () => startChild(["redis", redis.url, "200"]);
      const workers = [await start(), await start(), await start()];
      let killed = 0;
      let isOver = false;
      const killing = (async () => {
        while (!isOver) {
          await delay(300 + Math.random() * 1200);
          if (isOver) return;
          const victim = Math.floor(Math.random() * workers.length);
          await workers[victim]!.kill();
          killed++;
          if (killed === 2) await redis.restart();
          workers[victim] = await start();
        }
      })();
      const ends = new Map<string, number>();
      const results = Array.from({ length: jobs }, async (_, n) => {
        const { job } = await front.add(
          spec(`job ${n}`, { client: `client ${n % 5}`, deadline: Date.now() + 600_000 }),
        );
        const ended = await waitForJob(front, job.id, {});
        ends.set(job.id, (ends.get(job.id) ?? 0) + 1);
        return { n, ended };
      });
      const all = await Promise.all(results);
      isOver = true;
      await killing;
      const states: Record<string, number> = {};
      for (const { n, ended } of all) {
        const state = ended.failure?.code ?? ended.state;
        states[state] = (states[state] ?? 0) + 1;
        if (ended.state !== "done") expect(ended.failure?.message).toMatch(/begun|deadline/);
        else {
          const blob = addressOf(resultOf(`job ${n}`));
          expect(ended.result).toEqual({ input: `job ${n}`, blob });
          expect(await front.blobs.get(blob)).toEqual(resultOf(`job ${n}`));
        }
      }
      // One end for each job, as its client sees it.
      expect([...ends.values()]).toEqual(all.map(() => 1));
      expect(await front.counts()).toEqual({ waiting: 0, running: 0 });
      console.log(`${jobs} jobs, ${killed} workers killed, Redis restarted:`, states);
    },
    120_000 + jobs * 3000,
  );
});
