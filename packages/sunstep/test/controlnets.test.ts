import { readFileSync } from "node:fs";
import { parseParameters } from "@sunstep/image";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { countingRuntime, fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImage, StableDiffusion } from "../src/index.js";

const image = decodeImage(readFileSync(fixture("pipelines/inputs/control_square.png")));
const quick = { steps: 1, seed: 0, guidanceScale: 1 };
const config = { attention_head_dim: 4, norm_num_groups: 8 };
const single = fixture("tiny-controlnet/diffusion_pytorch_model.safetensors");

let sd: StableDiffusion;
let loads: string[];

beforeAll(async () => {
  const counting = countingRuntime(await createNodeRuntime({ cache: false }));
  afterAll(() => counting.runtime.dispose());
  loads = counting.loads;
  sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), {
    runtime: counting.runtime,
    controlnets: [fixture("tiny-controlnet")],
  });
  afterAll(() => sd.dispose());
});

describe("a model with a ControlNet", () => {
  it("follows a control image at its size, and writes the ControlNet into the image's text", async () => {
    expect(sd.controlnets).toEqual(["tiny-controlnet"]);
    const { images, request } = await sd.generate("a cat", { ...quick, controls: [{ image, scale: 0.8 }] });
    expect([request.width, request.height]).toEqual([image.width, image.height]);
    expect(parseParameters(images[0]!.parameters).settings.get("ControlNet 0")).toBe(
      "Module: none, Model: tiny-controlnet, Weight: 0.8, Guidance Start: 0, Guidance End: 1, Control Mode: Balanced",
    );
  });

  it("loads no network again for a request without control images", async () => {
    const controlled = await sd.generate("a cat", { ...quick, controls: [{ image }] });
    loads.length = 0;
    const plain = await sd.generate("a cat", { ...quick, width: image.width, height: image.height });
    expect(plain.images[0]!.data).not.toEqual(controlled.images[0]!.data);
    expect(loads).toEqual([]);
  });

  it("makes the same image from a file, by name", async () => {
    await sd.loadControlNet(single, { name: "file", config });
    const from = async (controlnet: string) =>
      (await sd.generate("a cat", { ...quick, controls: [{ controlnet, image }] })).latents.data;
    expect(await from("file")).toEqual(await from("tiny-controlnet"));
    const unnamed = sd.generate("a cat", { ...quick, controls: [{ image }] });
    await expect(unnamed).rejects.toMatchObject({
      code: "ADAPTER_UNKNOWN",
      message: expect.stringContaining("tiny-controlnet, file"),
    });
    await sd.unloadControlNet("file");
  });

  it("names the ControlNets that are loaded where a name is unknown", async () => {
    const code = "ADAPTER_UNKNOWN";
    const message = expect.stringContaining("tiny-controlnet");
    const depth = sd.generate("a cat", { controls: [{ image, controlnet: "depth" }] });
    await expect(depth).rejects.toMatchObject({ code, message });
    await expect(sd.unloadControlNet("depth")).rejects.toMatchObject({ code, message });
    const lora = sd.loadControlNet(fixture("lora/kohya.safetensors"));
    await expect(lora).rejects.toMatchObject({ message: expect.stringContaining("a LoRA") });
  });

  it("loads the plain U-Net once the last ControlNet is unloaded, and then asks for one", async () => {
    await sd.unloadControlNet("tiny-controlnet");
    loads.length = 0;
    await sd.generate("a cat", { ...quick, width: image.width, height: image.height });
    expect(loads).toEqual(["unet"]);
    const controlled = sd.generate("a cat", { controls: [{ image }] });
    await expect(controlled).rejects.toMatchObject({
      code: "ADAPTER_UNKNOWN",
      message: expect.stringContaining("loadControlNet"),
    });
  });
});
