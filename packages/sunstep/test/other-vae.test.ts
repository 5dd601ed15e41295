import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { repository, startHub } from "../../model-registry/test/hub-server.js";
import { StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

it("downloads only the VAE of another model on the hub", async () => {
  const read = (path: string) => readFileSync(fixture(`tiny-sd15/${path}`));
  const hub = await startHub({
    "org/whole-model": repository({
      "model_index.json": read("model_index.json"),
      "vae/config.json": read("vae/config.json"),
      "vae/diffusion_pytorch_model.safetensors": read("vae/diffusion_pytorch_model.fp16.safetensors"),
      "unet/config.json": read("unet/config.json"),
      "unet/diffusion_pytorch_model.safetensors": Buffer.from("not read"),
      "text_encoder/model.safetensors": Buffer.from("not read"),
    }),
  });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", temporaryFolder());
  vi.stubEnv("HF_HUB_OFFLINE", "0");
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await hub.close();
  });
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), { vae: "org/whole-model" });
  onTestFinished(() => sd.dispose());
  expect((await sd.generate("a cat", { steps: 1, width: 64, height: 64 })).images).toHaveLength(1);
  const files = [...hub.requests, ...hub.storeRequests].map(({ path }) => path);
  expect(files.filter((path) => path.includes("vae/")).length).toBeGreaterThanOrEqual(2);
  expect(files.filter((path) => /unet|text_encoder/.test(path))).toEqual([]);
});
