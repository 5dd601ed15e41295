import { expect, it, onTestFinished } from "vitest";
import { readParameters, StableDiffusion } from "../src/index.js";
import { parametersText } from "../src/parameters-text.js";
import { sampleRequest } from "./sample-request.js";

it("enlarges with an acceleration as image-to-image by hand, and writes it as AUTOMATIC1111 does", async () => {
  const sd = await StableDiffusion.fromPretrained("emoji");
  onTestFinished(() => sd.dispose());
  const options = { seed: 8, width: 64, height: 64, negativePrompt: "red" };
  const hires = { scale: 2, strength: 0.5, steps: 2, upscaler: "lanczos" } as const;
  const { images } = await sd.generate("a green apple", { ...options, hires });
  const first = await sd.generate("a green apple", options);
  const byHand = await sd.generate("a green apple", {
    ...options,
    width: 128,
    height: 128,
    image: first.images[0]!,
    strength: 0.5,
    steps: 4,
  });
  expect(images[0]!.data).toEqual(byHand.images[0]!.data);
  expect(images[0]).toMatchObject({ width: 128, height: 128, seed: 8 });
  const { parameters } = images[0]!;
  expect(parameters).toContain("Size: 64x64");
  expect(parameters).toContain(
    "Denoising strength: 0.5, Hires upscale: 2, Hires steps: 2, Hires upscaler: Lanczos",
  );
  const read = readParameters(parameters)!;
  expect(read.warnings).toEqual([]);
  expect(read.options).toMatchObject({ width: 64, height: 64, hires });
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
