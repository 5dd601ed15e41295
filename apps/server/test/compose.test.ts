// The processes of compose.yaml, without Docker: its commands, with the names of its machines replaced.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { hasRedis, startRedis } from "../../../packages/jobs/test/redis-server.js";
import { pixelsOfBase64 } from "./png.js";
import { startProcess } from "./server-process.js";

const compose = await readFile(new URL("../compose.yaml", import.meta.url), "utf8");

/** The arguments of a service. */
function commandOf(service: string): string[] {
  const [, text] =
    new RegExp(`^  ${service}:\\n(?:    .*\\n)*?    command: (\\[.*\\])$`, "m").exec(compose) ?? [];
  return JSON.parse(text!) as string[];
}

it.skipIf(!hasRedis)(
  "makes an image by a front and two workers, one of which is killed",
  async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.dispose());
    const models = await mkdtemp(join(tmpdir(), "sunstep-models-"));
    onTestFinished(() => rm(models, { recursive: true, force: true }));
    const here = (args: string[]) =>
      args.map((arg) =>
        arg
          .replace("redis://redis:6379", redis.url)
          .replace("0.0.0.0", "127.0.0.1")
          .replace("/models", models),
      );
    const worker = here(commandOf("worker"));
    expect(worker[0]).toBe("worker");
    expect(compose).toMatch(/replicas: 2/);
    expect(commandOf("redis")).toEqual(expect.arrayContaining(["--appendonly", "--appendfsync"]));
    const [front, first, second] = await Promise.all([
      startProcess([...here(commandOf("front")), "--port", "0"]),
      startProcess([...worker, "--threads", "1"]),
      startProcess([...worker, "--threads", "1"]),
    ]);
    const make = async (body: object) =>
      (
        await fetch(`${front.url}/sdapi/v1/txt2img`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        })
      ).json() as Promise<{ images: string[] }>;
    const requests = [1, 2, 3].map((seed) => make({ prompt: "a cat", seed, batch_size: 3 }));
    await expect
      .poll(async () => ((await (await fetch(`${front.url}/health`)).json()) as { running: number }).running)
      .toBeGreaterThan(0);
    await first.kill();
    for (const request of requests) {
      const { images } = await request;
      expect(images.map((image) => pixelsOfBase64(image).width)).toEqual([128, 128, 128]);
    }
    expect(await second.stop()).toBe(0);
    expect(await front.stop()).toBe(0);
  },
  240_000,
);
