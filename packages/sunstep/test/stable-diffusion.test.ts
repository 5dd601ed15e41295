import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseParameters } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import { type FromPretrainedOptions, listModels, type ProgressEvent, StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = fixture("tiny-sd15");
const prompt = "a photo of a cat";
const few = { seed: 5, steps: 2, width: 64, height: 64 };

async function load(
  model: string | undefined,
  options: FromPretrainedOptions = {},
): Promise<StableDiffusion> {
  const sd = await StableDiffusion.fromPretrained(model, { offline: true, ...options });
  onTestFinished(() => sd.dispose());
  return sd;
}

const paint = async (sd: StableDiffusion, options: object = {}) =>
  (await sd.generate(prompt, { ...few, ...options })).images[0]!.data;

it("a single file paints what its folder paints", async () => {
  const fromFolder = await load(folder);
  // The shapes of widths that nobody has published do not tell how many heads and groups there are.
  const json = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as object;
  const configOf = (part: string) => json(`${part}/config.json`);
  const fromFile = await load(fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"), {
    config: { unet: configOf("unet"), textEncoder: configOf("text_encoder"), vae: configOf("vae") },
  });
  expect(fromFile.architecture).toBe("sd1");
  const options = { guidanceScale: 3, scheduler: json("scheduler/scheduler_config.json") };
  expect(await paint(fromFile, options)).toEqual(await paint(fromFolder, options));
});

it("adapters are added, scaled and taken off while the model stays loaded", async () => {
  const sd = await load(folder);
  const plain = await paint(sd);
  expect(await sd.loadLora(fixture("lora/kohya.safetensors"), { scale: 0.7, name: "ink" })).toBe("ink");
  const inked = await paint(sd);
  expect(inked).not.toEqual(plain);
  await sd.setLoraScale("ink", 0.2);
  expect(sd.loras).toEqual([{ name: "ink", scale: 0.2 }]);
  expect(await paint(sd)).not.toEqual(inked);
  await sd.unloadLora("ink");
  expect(await paint(sd)).toEqual(plain);

  await sd.loadSun(fixture("sun/tiny-sd15_addpos.safetensors"));
  const sun = await sd.generate(prompt, few);
  expect(sun).toMatchObject({ evaluations: 2, request: { sun: true, steps: 2 } });
  expect(await paint(sd, { sunScale: 0.5 })).not.toEqual(sun.images[0]!.data);
  expect(await paint(sd, { sun: false })).toEqual(plain);
  await sd.unloadSun();
  expect(sd.sun).toBeUndefined();
  expect(await paint(sd)).toEqual(plain);
});

it("every picture of a run can be made again alone, and says how", async () => {
  const sd = await load(folder);
  const { images } = await sd.generate(prompt, { ...few, imagesPerPrompt: 3, negativePrompt: "dog, blurry" });
  expect(images.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  const alone = (await sd.generate(prompt, { ...few, seed: 7, negativePrompt: "dog, blurry" })).images[0]!;
  expect(alone.data).toEqual(images[2]!.data);
  expect(alone.toPng()).toEqual(images[2]!.toPng());
  const { negativePrompt, settings } = parseParameters(alone.parameters);
  expect(negativePrompt).toBe("dog, blurry");
  expect(settings.get("Seed")).toBe("7");
});

it("a model goes by the name that it is given, or by what it was given as", async () => {
  expect((await load(folder)).model).toBe(folder);
  const sd = await load(folder, { name: "tiny" });
  const [image] = (await sd.generate(prompt, few)).images;
  expect([sd.model, parseParameters(image!.parameters).settings.get("Model")]).toEqual(["tiny", "tiny"]);
});

it("calls take turns; a cancelled one leaves the next alone", async () => {
  const sd = await load(folder);
  const expected = await paint(sd);
  const controller = new AbortController();
  const cancelled = sd.generate(prompt, {
    ...few,
    steps: 50,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  const next = paint(sd);
  await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
  expect(await next).toEqual(expected);
  const last = paint(sd);
  await sd.dispose();
  expect(await last).toEqual(expected);
  await expect(sd.generate(prompt, few)).rejects.toMatchObject({ code: "PIPELINE_DISPOSED" });
});

it("a run that is cancelled while a network is loaded says so as any other", async () => {
  const sd = await load(folder);
  const controller = new AbortController();
  const reason = new Error("enough");
  const cancelled = sd.generate(prompt, {
    ...few,
    signal: controller.signal,
    onProgress: (event) => event.type === "stage" && event.network === "unet" && controller.abort(reason),
  });
  await expect(cancelled).rejects.toMatchObject({ code: "ABORTED", cause: reason });
});

it("reports what it does, and how long loading took", async () => {
  const sd = await load(folder);
  const events: string[] = [];
  const onProgress = (event: ProgressEvent) => {
    if (event.type === "stage") events.push(event.network ? `load ${event.network}` : event.stage);
    if (event.type === "step") events.push(`${event.step}/${event.steps}`);
  };
  const first = await sd.generate(prompt, { ...few, onProgress });
  // The U-Net comes in two halves.
  expect([...new Set(events.filter((event) => event.startsWith("load")))]).toEqual([
    "load text-encoder",
    "load unet",
    "load vae-decoder",
  ]);
  expect(first.timings.load).toBeGreaterThan(0);
  expect(Object.values(first.timings).every((time) => time >= 0)).toBe(true);
  events.length = 0;
  const second = await sd.generate(prompt, { ...few, onProgress });
  expect([...new Set(events)]).toEqual(["encode-prompt", "denoise", "1/2", "2/2", "decode"]);
  expect(second.timings.load).toBe(0);
});

it("refuses what does not fit, and names it", async () => {
  const sd = await load(undefined);
  expect(sd).toMatchObject({ model: "emoji", architecture: "sd1", warnings: [] });
  const tiny = fixture("sun/tiny-sd15_plain.safetensors");
  await expect(sd.loadLora(tiny)).rejects.toMatchObject({ code: expect.stringMatching(/^LORA_/) });
  await expect(sd.loadLora(fixture("lora/kohya.safetensors"))).rejects.toMatchObject({
    message: expect.stringContaining("kohya.safetensors"),
  });
  await expect(sd.loadLora(tiny, { scale: Number.NaN })).rejects.toMatchObject({ code: "ADAPTER_SCALE" });
  await expect(sd.setLoraScale("ink", 1)).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
  await expect(sd.generate(undefined as unknown as string)).rejects.toMatchObject({
    code: "PIPELINE_OPTION",
  });
  await expect(sd.loadSun(folder)).rejects.toMatchObject({ code: "ADAPTER_IS_FOLDER" });
  // The fixture's first layer has width 16, the emoji model's 64; both shapes are in the message.
  await expect(sd.loadSun(tiny)).rejects.toMatchObject({
    code: "SUN_SHAPE",
    message: expect.stringMatching(/\[16, 16\].*\[64, 256\]/),
  });
  // What could not be loaded has changed nothing.
  expect(sd.sun).toBe("sun_adapter");
  expect(sd.loras).toEqual([]);
});

it("loads the adapter that comes with a model, unless it is told not to", async () => {
  const withSun = await load(undefined);
  expect(await withSun.generate("a red apple", { steps: 1, seed: 1 })).toMatchObject({
    evaluations: 1,
    request: { sun: true, guidanceScale: 0 },
  });
  const without = await load(undefined, { sun: false });
  expect(without.sun).toBeUndefined();
});

it("refuses models that it cannot load", async () => {
  const xl = join(temporaryFolder(), "xl");
  mkdirSync(xl);
  writeFileSync(
    join(xl, "model_index.json"),
    '{"_class_name":"StableDiffusionXLPipeline","unet":["diffusers","UNet2DConditionModel"]}',
  );
  await expect(load(xl)).rejects.toMatchObject({
    code: "CHECKPOINT_UNSUPPORTED",
    message: expect.stringContaining("not supported yet"),
  });
  await expect(load("no-such-name")).rejects.toMatchObject({ code: "MODEL_UNKNOWN" });
  await expect(load("emoji", { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "ABORTED",
  });
  await expect(
    StableDiffusion.fromPretrained(new Blob(), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "ABORTED" });
  await expect(
    load("emoji", { taesd: fixture("tiny-taesd/diffusion_pytorch_model.safetensors") }),
  ).rejects.toMatchObject({ code: "TAESD_IS_FILE" });
});

it("the embedded model has a tiny autoencoder that paints nearly what its VAE paints", async () => {
  const sd = await load("emoji");
  const previews: number[] = [];
  const options = { seed: 3, steps: 4 };
  const [vae] = (await sd.generate("a red apple", options)).images;
  const [tiny] = (
    await sd.generate("a red apple", {
      ...options,
      decoder: "taesd",
      preview: "auto",
      onProgress: (event) => void (event.type === "step" && previews.push(event.previews![0]!.width)),
    })
  ).images;
  expect(previews).toEqual([128, 128, 128, 128]);
  const squares = vae!.data.reduce((sum, value, i) => sum + (value - tiny!.data[i]!) ** 2, 0);
  expect(Math.sqrt(squares / vae!.data.length)).toBeLessThan(20);

  const without = await load("emoji", { taesd: false });
  await expect(without.generate("a red apple", { ...few, decoder: "taesd" })).rejects.toMatchObject({
    code: "PIPELINE_OPTION",
  });
});

it("lists the embedded model first", () => {
  expect(listModels().map(({ name }) => name)).toEqual(
    expect.arrayContaining(["emoji", "emoji-taesd", "sd15", "sun-sd15"]),
  );
  expect(listModels()[0]).toMatchObject({ name: "emoji", license: "mit" });
});
