import { negativeMethod, sun } from "@sunstep/accelerations";
import { writeSafetensors } from "@sunstep/checkpoint";
import { noGuidance, type Request } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { exportFolder, removeFolder } from "../../onnx-checkpoint/test/exported-folder.js";
import { type NegativeOption, negativeOptions } from "../src/adapters/negative-option.js";
import { StableDiffusion } from "../src/index.js";
import { parametersText } from "../src/parameters/parameters-text.js";
import { readParameters } from "../src/parameters/sun-parameters.js";
import { sampleRequest, sunAdapter } from "./sample-request.js";

describe("negativeOptions", () => {
  const red = { negativePrompt: ["", "red"] };

  it("falls back to NAG for a negative prompt by default, and names the one reader that was chosen", async () => {
    expect(await negativeOptions("auto", red, ["sun"])).toMatchObject({ negativeFallback: { name: "nag" } });
    expect(await negativeOptions("auto", { negativePrompt: "" }, [])).toEqual({});
    expect(await negativeOptions("guidance", red, [])).toEqual({ negative: "guidance" });
    const bySun = { negative: "acceleration", acceleration: "sun" };
    expect(await negativeOptions("sun", {}, ["sun"])).toEqual(bySun);
    expect(await negativeOptions({ method: "vsf", scale: 2 }, {}, [])).toMatchObject({
      negative: { name: "vsf" },
    });
    const own = await negativeMethod("nasa");
    expect(await negativeOptions(own, {}, [])).toEqual({ negative: own });
  });

  it("names what there is where a method is not known or not loaded", async () => {
    await expect(negativeOptions("sun", red, [])).rejects.toMatchObject({
      code: "NEGATIVE_UNKNOWN",
      message: expect.stringMatching(/"sun".*auto, guidance, nag, nasa, vsf$/),
    });
  });
});

it("reads a negative prompt without guidance, by the method of the model or of the call", async () => {
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), {
    offline: true,
    negative: "guidance",
  });
  onTestFinished(() => sd.dispose());
  const options = { seed: 5, steps: 1, width: 64, height: 64, guidanceScale: 1, negativePrompt: "blurry" };
  const plain = await sd.generate("a cat", options);
  expect(plain.warnings).toMatchObject([{ code: "NEGATIVE_PROMPT_UNUSED" }]);
  expect(readParameters(plain.images[0]!.parameters)!.options.negative).toBe("guidance");
  const { images, latents, warnings } = await sd.generate("a cat", { ...options, negative: "auto" });
  expect(warnings).toEqual([]);
  expect(latents.data).not.toBeAllclose(plain.latents.data, { atol: 0.1 });
  const again = readParameters(images[0]!.parameters)!.options;
  expect(again.negative).toMatchObject({ method: "nag", scale: 5 });
  expect((await sd.generate("a cat", { ...again, steps: 1 })).images[0]!.data).toEqual(images[0]!.data);
  await expect(sd.generate("a cat", { ...options, negative: "sun" })).rejects.toMatchObject({
    code: "NEGATIVE_UNKNOWN",
  });
});

describe("methods on a model with a LoRA, a ControlNet and an embedding", () => {
  const data = Uint8Array.from({ length: 3 * 32 * 32 }, (_, i) => (i * i) % 251);
  const image = { width: 32, height: 32, channels: 3, data } as const;
  const options = { seed: 5, steps: 1, guidanceScale: 1, controls: [{ image }], negativePrompt: "soft" };
  let runtime: Runtime;
  let sd: StableDiffusion;
  let plain: Float32Array;
  const load = (model: string) => {
    const emb_params = { dtype: "float32", shape: [2, 16], data: new Float32Array(32).fill(0.1) } as const;
    return StableDiffusion.fromPretrained(model, {
      runtime,
      loras: [fixture("lora/kohya.safetensors")],
      controlnets: [fixture("tiny-controlnet")],
      embeddings: [new File([writeSafetensors({ emb_params })] as BlobPart[], "soft.safetensors")],
    });
  };
  const latents = async (negative: NegativeOption, changes: object = {}, model = sd) => {
    return (await model.generate("a cat", { ...options, negative, ...changes })).latents.data;
  };

  beforeAll(async () => {
    runtime = await createNodeRuntime({ cache: false });
    sd = await load(fixture("tiny-sd15"));
    plain = await latents("guidance", { negativePrompt: "" });
  });
  afterAll(async () => {
    await sd.dispose();
    await runtime.dispose();
  });

  // Those by NAG first: its U-Net stays loaded.
  it("change nothing by NAG where both prompts are one", async () => {
    expect(await latents("nag", { negativePrompt: "a cat" })).toBeAllclose(plain, { atol: 1e-4 });
  });

  it("make the same image on the same weights as ONNX graphs", async () => {
    const folder = await exportFolder();
    onTestFinished(() => removeFolder(folder));
    const exported = await load(folder);
    onTestFinished(() => exported.dispose());
    expect(await latents("nag", {}, exported)).toEqual(await latents("nag"));
  });

  it.each([
    // Z+ + (scale - 1) (Z+ - Z-), Z+ - scale Z-, and negative keys whose softmax is e^-100.
    ["nag", { scale: 1 }],
    ["nasa", { scale: 0 }],
    ["vsf", { offset: 100 }],
  ] as const)(
    "change the image by %s, and not with parameters that leave nothing of it",
    async (method, none) => {
      expect(await latents(method)).not.toBeAllclose(plain, { atol: 0.01 });
      expect(await latents({ method, ...none })).toBeAllclose(plain, { atol: 1e-4 });
    },
  );
});

describe("the text of an image", () => {
  const origin = { model: "m", architecture: "sd1" as const, prompts: ["a cat"], loras: [], version: "1" };
  const textOf = (changes: Partial<Request>) => {
    const request = sampleRequest({
      prompts: ["a cat"],
      negativePrompts: ["leaf"],
      guidance: noGuidance,
      guidanceScale: 0,
      ...changes,
    });
    return parametersText(
      { request, scheduler: "DDIMScheduler", dtype: "float32", attention: "exact" },
      0,
      origin,
    );
  };
  const negativeOf = (text: string) => readParameters(text)!.options.negative;

  it.each([
    { method: "nag", scale: 3, tau: 2.5, alpha: 0.5, sigmaEnd: 4 },
    { method: "nasa", scale: 0.2 },
    { method: "vsf", scale: 1.5, offset: -0.25 },
  ] as const)("has $method and its parameters", async (spec) => {
    const text = textOf({ negative: { method: await negativeMethod(spec), readsEmpty: true } });
    expect(negativeOf(text)).toEqual(spec);
    expect(readParameters(text)!.warnings).toEqual([]);
  });

  it("has no method of an image that has no negative prompt for it", async () => {
    const use = { method: await negativeMethod("nag"), readsEmpty: false };
    expect(textOf({ negative: use, negativePrompts: [""] })).not.toContain("Negative method");
    expect(textOf({ negative: { ...use, readsEmpty: true }, negativePrompts: [""] })).toContain(
      "NAG scale: 5",
    );
  });

  it("says that nothing read the negative prompt", () => {
    expect(textOf({})).toContain("Negative method: none");
    expect(negativeOf(textOf({ guidanceScale: 8 }))).toBe("guidance");
    expect(textOf({ acceleration: sun(sunAdapter) })).not.toContain("Negative method");
    expect(negativeOf(textOf({ acceleration: sun(sunAdapter) }))).toBeUndefined();
  });

  it("of another program has a negative prompt without effect at a CFG scale of 1", () => {
    const text = (cfg: number) => `a cat\nNegative prompt: leaf\nSteps: 4, CFG scale: ${cfg}, Seed: 1`;
    expect(negativeOf(text(1))).toBe("guidance");
    expect(negativeOf(text(7))).toBeUndefined();
  });

  it("with a method that is not known is warned of", () => {
    const { options, warnings } = readParameters("a cat\nSteps: 4, Negative method: NOG, NAG scale: many")!;
    expect(options.negative).toBeUndefined();
    expect(warnings).toMatchObject([{ details: { settings: ["Negative method", "NAG scale"] } }]);
  });
});
