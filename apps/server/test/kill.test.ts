// `kill -9` of the one-machine server at random moments. SUNSTEP_KILLS sets how many; the full run has 50.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { decodeImage } from "@sunstep/image";
import { expect, it, onTestFinished } from "vitest";
import { startProcess } from "./server-process.js";

const kills = Number(process.env.SUNSTEP_KILLS ?? 3);

/** Ids of the jobs that a killed process had accepted: those in its journal. A cut last line was not accepted. */
async function acceptedJobs(folder: string): Promise<Set<string>> {
  const lines = (await readFile(join(folder, "jobs.jsonl"), "utf8")).split("\n").slice(0, -1);
  return new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id));
}

it(
  `forgets no accepted job and leaves no half file in ${kills} deaths by kill -9`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sunstep-kill-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const start = () => startProcess(["--port", "0", "--data", folder, "--threads", "1"]);
    const accepted = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const server = await start();
      const requests = [1, 2, 3, 4].map((count) =>
        fetch(`${server.url}/v1/images/generations`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ prompt: `kill ${kill}`, n: count }),
        }).catch(() => undefined),
      );
      await delay(Math.random() * 2500);
      await server.kill();
      await Promise.all(requests);
      for (const id of await acceptedJobs(folder)) accepted.add(id);
    }
    const server = await start();
    const states = new Map<string, number>();
    for (const id of accepted) {
      const job = async () => (await fetch(`${server.url}/jobs/${id}`)).json() as Promise<JobAnswer>;
      await expect
        .poll(async () => (await job()).state, { timeout: 120_000 })
        .toMatch(/^(done|failed|cancelled)$/);
      const { state, images, failure } = await job();
      states.set(state, (states.get(state) ?? 0) + 1);
      // A job is done with its images, or has a reason.
      if (state !== "done") expect(failure?.code).toMatch(/^JOB_/);
      for (const { url } of images) {
        const bytes = new Uint8Array(await (await fetch(server.url + url)).arrayBuffer());
        expect(decodeImage(bytes)).toMatchObject({ width: 128, height: 128 });
      }
    }
    expect(accepted.size).toBeGreaterThan(0);
    expect(await server.stop()).toBe(0);
    expect((await readdir(join(folder, "blobs"))).filter((name) => name.endsWith(".part"))).toEqual([]);
    console.log(`${kills} kills, ${accepted.size} accepted jobs:`, Object.fromEntries(states));
  },
  60_000 + kills * 30_000,
);

interface JobAnswer {
  readonly state: string;
  readonly images: readonly { readonly url: string }[];
  readonly failure: { readonly code: string } | null;
}
