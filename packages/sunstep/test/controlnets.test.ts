import { readFileSync } from "node:fs";
import { parseParameters } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeImage, StableDiffusion } from "../src/index.js";
import { countingRuntime } from "./counting-runtime.js";

const image = decodeImage(readFileSync(fixture("pipelines/inputs/control_square.png")));
const quick = { steps: 1, seed: 0, guidanceScale: 1 };
const config = { attention_head_dim: 4, norm_num_groups: 8 };
const single = fixture("tiny-controlnet/diffusion_pytorch_model.safetensors");

async function load(
  controlnets: NonNullable<Parameters<typeof StableDiffusion.fromPretrained>[1]>["controlnets"],
) {
  const { runtime, loads } = await countingRuntime();
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), {
    runtime,
    ...(controlnets && { controlnets }),
  });
  onTestFinished(() => sd.dispose());
  return { sd, loads };
}

describe("controlnets", () => {
  it("are loaded with the model, and one of them needs no name", async () => {
    const { sd } = await load([fixture("tiny-controlnet")]);
    expect(sd.controlnets).toEqual(["tiny-controlnet"]);
    const plain = await sd.generate("a cat", quick);
    const { images, request } = await sd.generate("a cat", { ...quick, controls: [{ image, scale: 0.8 }] });
    expect([request.width, request.height]).toEqual([image.width, image.height]);
    expect(images[0]!.data).not.toEqual(plain.images[0]!.data);
    expect(parseParameters(images[0]!.parameters).settings.get("ControlNet 0")).toBe(
      "Module: none, Model: tiny-controlnet, Weight: 0.8, Guidance Start: 0, Guidance End: 1, Control Mode: Balanced",
    );
  });

  it("give the same image from a folder, from a file, and by name", async () => {
    const { sd } = await load([{ path: fixture("tiny-controlnet"), name: "folder" }]);
    await sd.loadControlNet(single, { name: "file", config });
    const from = async (controlnet: string) =>
      (await sd.generate("a cat", { ...quick, controls: [{ controlnet, image }] })).latents.data;
    expect(await from("file")).toEqual(await from("folder"));
    await expect(sd.generate("a cat", { ...quick, controls: [{ image }] })).rejects.toMatchObject({
      code: "ADAPTER_UNKNOWN",
      message: expect.stringContaining("folder, file"),
    });
  });

  it("load the U-Net once for requests with and without control images, and again when the last is unloaded", async () => {
    const { sd, loads } = await load([{ path: fixture("tiny-controlnet"), name: "edges" }]);
    await sd.generate("a cat", { ...quick, controls: [{ image }] });
    loads.length = 0;
    await sd.generate("a cat", { ...quick, width: image.width, height: image.height });
    await sd.generate("a cat", { ...quick, controls: [{ image, scale: 0.3 }] });
    expect(loads).toEqual([]);
    await sd.unloadControlNet("edges");
    await sd.generate("a cat", { ...quick, width: image.width, height: image.height });
    expect(loads).toEqual(["unet"]);
  });

  it("are asked for where there is none, and named where the name is unknown", async () => {
    const { sd } = await load([]);
    const generate = (controlnet?: string) =>
      sd.generate("a cat", { controls: [{ image, ...(controlnet && { controlnet }) }] });
    await expect(generate()).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN", message: /loadControlNet/ });
    await expect(generate("depth")).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
    await expect(sd.unloadControlNet("depth")).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
    await expect(sd.loadControlNet(fixture("lora/kohya.safetensors"))).rejects.toMatchObject({
      message: expect.stringContaining("a LoRA"),
    });
  });
});
