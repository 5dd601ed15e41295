// `pnpm measure-redis`: counts the commands and the time that a job takes of Redis, with jobs that compute nothing.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type JobWorker, waitForJob } from "@sunstep/jobs";
import { openRedisQueue } from "@sunstep/jobs/redis";

const JOBS = 300;
/** Steps of a job, each reported with a preview of the size of an SD1.5 image's linear preview. */
const STEPS = 4;
const PREVIEW = "x".repeat(10_000);
const PORT = 6399;

const folder = await mkdtemp(join(tmpdir(), "sunstep-redis-"));
const server = spawn(
  "redis-server",
  ["--port", String(PORT), "--dir", folder, "--appendonly", "yes", "--appendfsync", "always"],
  { stdio: "ignore" },
);
await delay(1000);
const url = `redis://127.0.0.1:${PORT}`;
const front = await openRedisQueue(url, { maxWaiting: JOBS });
const machine = await openRedisQueue(url);
const worker: JobWorker = {
  offer: { models: ["emoji"], catalogue: {} },
  async run({ spec }, { report, blobs }) {
    for (let step = 1; step <= STEPS; step++) report({ step, preview: PREVIEW });
    return blobs.put(new TextEncoder().encode(`image ${spec.input}`.repeat(30_000)));
  },
};
await machine.serve(worker);

const numbers = () => {
  const text = execFileSync("redis-cli", ["-p", String(PORT), "info", "everything"], { encoding: "utf8" });
  const read = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, "m").exec(text)?.[1]);
  return {
    commands: read("total_commands_processed"),
    bytes: read("total_net_input_bytes") + read("total_net_output_bytes"),
    seconds: read("used_cpu_user") + read("used_cpu_sys"),
  };
};

try {
  const before = numbers();
  await Promise.all(
    Array.from({ length: JOBS }, async (_, n) => {
      const { job } = await front.add({
        input: n,
        model: "emoji",
        client: `client ${n % 10}`,
        key: String(n),
        deadline: Date.now() + 600_000,
      });
      const { result } = await waitForJob(front, job.id);
      await front.blobs.get(String(result));
    }),
  );
  const after = numbers();
  const each = (key: keyof typeof before) => (after[key] - before[key]) / JOBS;
  console.log(
    `a job takes ${each("commands").toFixed(0)} commands, ${(each("bytes") / 1e3).toFixed(0)} kB and ${(each("seconds") * 1000).toFixed(1)} ms of Redis' processor`,
  );
} finally {
  await front.close();
  await machine.close();
  server.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}
