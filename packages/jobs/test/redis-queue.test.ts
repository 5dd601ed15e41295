import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitForJob } from "../src/index.js";
import { openRedisQueue } from "../src/redis.js";
import { describeQueue, gate, spec, worker } from "./conformance.js";
import { hasRedis, startRedis } from "./redis-server.js";

describe.skipIf(!hasRedis)("with a Redis server", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.dispose());

  const emptied = async () => {
    const connection = new Redis(redis.url);
    await connection.flushall();
    connection.disconnect();
  };

  describeQueue("on Redis", async () => {
    await emptied();
    return (options) => openRedisQueue(redis.url, { lockDuration: 3000, ...options });
  });

  it("lets a front without workers wait for a job of a worker elsewhere", async () => {
    await emptied();
    const front = await openRedisQueue(redis.url);
    const elsewhere = await openRedisQueue(redis.url);
    const { job } = await front.add(spec("apple"));
    const seen: unknown[] = [];
    const waiting = waitForJob(front, job.id, { onProgress: (progress) => seen.push(progress) });
    await elsewhere.serve(
      worker(async ({ spec: { input } }, { report, blobs }) => {
        report({ step: 1 });
        return blobs.put(new TextEncoder().encode(String(input)));
      }),
    );
    const { result } = await waiting;
    expect(new TextDecoder().decode(await front.blobs.get(result as string))).toBe("apple");
    expect(seen).toEqual([{ step: 1 }]);
    expect((await front.offers()).map(({ models }) => models)).toEqual([["emoji"]]);
    await elsewhere.close();
    expect(await front.offers()).toEqual([]);
    await front.close();
  });

  it("bounds the jobs that wait over all fronts", async () => {
    await emptied();
    const fronts = [
      await openRedisQueue(redis.url, { maxWaiting: 2 }),
      await openRedisQueue(redis.url, { maxWaiting: 2 }),
    ];
    await fronts[0]!.add(spec(1));
    await fronts[1]!.add(spec(2));
    for (const front of fronts)
      await expect(front.add(spec(3))).rejects.toMatchObject({ code: "JOB_QUEUE_FULL" });
    for (const front of fronts) await front.close();
  });

  it("keeps waiting jobs while Redis is killed and started again", async () => {
    await emptied();
    const queue = await openRedisQueue(redis.url);
    const { job } = await queue.add(spec(1));
    const ended = waitForJob(queue, job.id);
    await redis.restart();
    const release = gate();
    await queue.serve(worker(() => release.passed.then(() => "made")));
    await expect.poll(async () => (await queue.get(job.id))?.state).toBe("running");
    await redis.restart();
    release.open();
    expect(await ended).toMatchObject({ state: "done", result: "made" });
    await queue.close();
  });
});
