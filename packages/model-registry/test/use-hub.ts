// A hub with the repository owner/name, and an empty cache, for each test of a file.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { ProgressEvent } from "../src/index.js";
import { type ResolveOptions, resolveModel } from "../src/node.js";
import { repository, safetensors, sha256, startHub, type TestHub } from "./hub-server.js";
import { tinyConfigs } from "./tiny-configs.js";

export const unet = safetensors(5000);
export const config = tinyConfigs["unet/config.json"];
/** The files of a pipeline, with some that are not read. */
export const pipeline = {
  ...tinyConfigs,
  "README.md": "# hello",
  "sd.ckpt": "pickle",
  "unet/diffusion_pytorch_model.safetensors": safetensors(9000, 2),
  "unet/diffusion_pytorch_model.fp16.safetensors": unet,
  "unet/diffusion_pytorch_model.bin": "pickle",
  "vae/diffusion_pytorch_model.safetensors": safetensors(3000, 3),
  "text_encoder/model.safetensors": safetensors(2000, 4),
  "text_encoder/flax_model.msgpack": "flax",
  "tokenizer/vocab.json": "{}",
  "tokenizer/merges.txt": "#version",
  "safety_checker/model.safetensors": safetensors(10, 5),
};
/** The path of the U-Net's weights. */
export const large = /blob.*fp16/;

export function useHub() {
  let hub: TestHub;
  let cache: string;
  let events: ProgressEvent[];

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "sunstep-registry-"));
    hub = await startHub({ "owner/name": repository(pipeline) });
    events = [];
  });
  afterEach(async () => {
    await hub.close();
    await rm(cache, { recursive: true, force: true });
  });

  const repo = () => join(cache, "models--owner--name");
  return {
    get hub() {
      return hub;
    },
    get cache() {
      return cache;
    },
    get events() {
      return events;
    },
    repo,
    resolve: (model = "owner/name", options: ResolveOptions = {}) =>
      resolveModel(model, {
        endpoint: hub.endpoint,
        hubCache: cache,
        env: { HOME: cache },
        retryDelay: 1,
        onProgress: (event) => events.push(event),
        ...options,
      }),
    commit: () => hub.repositories.get("owner/name")!.branches.main!,
    /** The unfinished file of the U-Net's weights. */
    partial: () => join(repo(), "blobs", `${sha256(unet)}.sunstep.incomplete`),
    blobs: () => readdir(join(repo(), "blobs")).catch((): string[] => []),
  };
}
