import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { readParameters, StableDiffusion } from "../src/index.js";
import { parametersText } from "../src/parameters/parameters-text.js";
import { sampleRequest } from "./sample-request.js";

it("is two runs by hand, with ControlNets, LoRAs, SUN and tiles in both, and written as AUTOMATIC1111 does", async () => {
  const runtime = await createNodeRuntime({ cache: false });
  onTestFinished(() => runtime.dispose());
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), {
    runtime,
    sun: fixture("sun/tiny-sd15_addpos.safetensors"),
    loras: [fixture("lora/kohya.safetensors")],
    controlnets: [fixture("tiny-controlnet")],
  });
  onTestFinished(() => sd.dispose());
  // Larger than the first image: the second run takes it as given, not as the first run took it.
  const [width, height] = [96, 64];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * i) % 251);
  const control = { image: { width, height, channels: 3, data } as const, scale: 0.8, end: 0.5 };
  const options = {
    seed: 8,
    steps: 2,
    negativePrompt: "red",
    controls: [control],
    vaeTiling: { tile: 64 },
  };
  const small = { width: 48, height: 32 };
  const hires = { scale: 2, strength: 0.5, steps: 2, upscaler: "lanczos" } as const;
  const { images, evaluations } = await sd.generate("a green apple", { ...options, ...small, hires });
  const [first] = (await sd.generate("a green apple", { ...options, ...small })).images;
  const again = { ...options, width, height, image: first!, strength: 0.5, steps: 4 };
  const byHand = await sd.generate("a green apple", again);
  expect(images[0]!.data).toEqual(byHand.images[0]!.data);
  expect(images[0]).toMatchObject({ width, height, seed: 8 });
  expect(evaluations).toBe(4);
  const uncontrolled = await sd.generate("a green apple", { ...again, controls: [{ ...control, scale: 0 }] });
  expect(uncontrolled.images[0]!.data).not.toEqual(images[0]!.data);

  const { parameters } = images[0]!;
  expect(parameters).toContain("Size: 48x32");
  expect(parameters).toContain(
    "Denoising strength: 0.5, Hires upscale: 2, Hires steps: 2, Hires upscaler: Lanczos",
  );
  const read = readParameters(parameters)!;
  // The text does not hold the control image.
  expect(read.warnings.map(({ details }) => details.settings)).toEqual([["ControlNet 0"]]);
  expect(read.options).toMatchObject({ ...small, hires });
  expect(read.options).not.toHaveProperty("strength");
});

it("writes and reads both upscalers", () => {
  for (const upscaler of ["latent", "lanczos"] as const) {
    const hires = { scale: 1.5, strength: 0.7, steps: 12, upscaler };
    const { image: _, ...request } = sampleRequest({ hires: { ...hires, width: 768, height: 1152 } });
    const origin = {
      model: "m",
      architecture: "sd1",
      prompts: request.prompts,
      loras: [],
      version: "0",
    } as const;
    const text = parametersText(
      { request, scheduler: "DDIMScheduler", dtype: "float32", attention: "exact" },
      0,
      origin,
    );
    expect(readParameters(text)!.options.hires).toEqual(hires);
  }
});

it.each([
  ["Hires upscale: 2, Hires upscaler: Latent (bicubic antialiased)", { upscaler: "latent" }],
  ["Hires upscale: 2, Hires steps: 0, Hires upscaler: R-ESRGAN 4x+", { upscaler: "lanczos" }],
])("names the upscaler of AUTOMATIC1111 that is not known, and takes the nearest: %s", (settings, hires) => {
  const read = readParameters(`a cat\nSteps: 20, Sampler: Euler, Denoising strength: 0.4, ${settings}`)!;
  expect(read.options.hires).toEqual({ scale: 2, strength: 0.4, ...hires });
  expect(read.warnings).toMatchObject([{ details: { settings: ["Hires upscaler"] } }]);
});
