import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { afterEach, expect, it, vi } from "vitest";
import { repository, safetensors, startHub } from "./hub-server.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("runs the README's example", async () => {
  const example = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)));
  expect(example.reference).toEqual({
    kind: "hub",
    repository: "Lykon/dreamshaper-8",
    revision: "main",
    path: "unet",
  });
  expect(example.licences).toContain("taesd: mit");

  const cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
  const hub = await startHub({
    "madebyollin/taesd": repository({
      "config.json": "{}",
      "diffusion_pytorch_model.safetensors": safetensors(10),
    }),
  });
  const log = vi.spyOn(console, "log").mockReturnValue();
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HOME", cache);
  vi.stubEnv("HF_HUB_CACHE", undefined);
  try {
    const files = await (example.findTaesd as () => Promise<string[]>)();
    expect(files.map((file) => file.slice(cache.length).split("/").at(-1))).toEqual([
      "config.json",
      "diffusion_pytorch_model.safetensors",
    ]);
    expect(log).toHaveBeenCalled();
  } finally {
    await hub.close();
    await rm(cache, { recursive: true });
  }
});
