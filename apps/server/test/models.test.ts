// Folders of files: two diffusers folders of the embedded model stand for two checkpoints.

import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "./start-server.js";

const folder = await mkdtemp(join(tmpdir(), "sunstep-library-"));
const models = join(folder, "models");
const vaes = join(folder, "vaes");
await mkdir(models, { recursive: true });
await mkdir(vaes);
await symlink(fileURLToPath(emojiModelUrl), join(models, "first"));
await cp(fileURLToPath(emojiModelUrl), join(models, "second"), { recursive: true });
afterAll(() => rm(folder, { recursive: true, force: true }));
const server = await startServer({ values: { models, vaes } });

describe("a folder of models", () => {
  const modelOf = async (body: object) => {
    const response = await server.post("/sdapi/v1/txt2img", {
      prompt: "a cat",
      seed: 1,
      width: 64,
      height: 64,
      ...body,
    });
    return JSON.parse(response.body.info).sd_model_name;
  };

  it("lists them", async () => {
    const { body } = await server.get("/sdapi/v1/sd-models");
    expect(body.map((model: { model_name: string }) => model.model_name)).toEqual(["first", "second"]);
    expect((await server.get("/v1/models")).body.data).toHaveLength(2);
  });

  it("is chosen from by options, by a setting of the request, and by the request's model", async () => {
    expect(await modelOf({})).toBe("first");
    expect(await modelOf({ override_settings: { sd_model_checkpoint: "second" } })).toBe("second");
    expect(await modelOf({})).toBe("first");
    await server.post("/sdapi/v1/options", { sd_model_checkpoint: "second" });
    expect(await modelOf({})).toBe("second");
    const { status } = await server.post("/v1/images/generations", {
      prompt: "a cat",
      model: "first",
      size: "64x64",
    });
    expect(status).toBe(200);
  });

  it("takes a VAE by its name", async () => {
    const asked = { override_settings: { sd_vae: "none-such.safetensors" } };
    const { status } = await server.post("/sdapi/v1/txt2img", { prompt: "a cat", ...asked });
    expect(status).toBe(404);
  });
});

describe("a model that cannot be loaded", () => {
  beforeAll(async () => {
    await cp(fixture("hostile/truncated_header.safetensors"), join(models, "broken.safetensors"));
  });

  it("is an error of its requests, and of no others", async () => {
    expect((await server.post("/sdapi/v1/refresh-checkpoints", {})).status).toBe(200);
    const { status, body } = await server.post("/v1/images/generations", {
      prompt: "a cat",
      model: "broken",
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error.message).toMatch(/broken\.safetensors/);
    const next = await server.post("/v1/images/generations", {
      prompt: "a cat",
      model: "second",
      size: "64x64",
    });
    expect(next.status).toBe(200);
  });
});
