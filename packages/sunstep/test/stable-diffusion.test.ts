import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseParameters } from "@sunstep/image";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { countingRuntime, fixture } from "@sunstep/testing";
import { expect, it, onTestFinished } from "vitest";
import {
  type Acceleration,
  type FromPretrainedOptions,
  listModels,
  type ProgressEvent,
  StableDiffusion,
  type SunstepWarning,
} from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";
import { unetLora } from "./unet-lora.js";

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

it("paints the same from a single file as from its folder", async () => {
  const fromFolder = await load(folder);
  // Shapes of unusual widths do not tell how many heads and groups there are.
  const json = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as object;
  const configOf = (part: string) => json(`${part}/config.json`);
  const fromFile = await load(fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"), {
    config: { unet: configOf("unet"), textEncoder: configOf("text_encoder"), vae: configOf("vae") },
  });
  expect(fromFile.architecture).toBe("sd1");
  const options = { guidanceScale: 3, scheduler: json("scheduler/scheduler_config.json") };
  expect(await paint(fromFile, options)).toEqual(await paint(fromFolder, options));
});

it("applies a LoRA by its scale, and paints as before once it is unloaded", async () => {
  const sd = await load(folder);
  const latents = async () => (await sd.generate(prompt, few)).latents.data;
  const plain = await latents();
  expect(await sd.loadLora(fixture("lora/kohya.safetensors"), { scale: 0.7, name: "ink" })).toBe("ink");
  const strong = await latents();
  await sd.setLoraScale("ink", 0.2);
  expect(sd.loras).toEqual([{ name: "ink", scale: 0.2 }]);
  const weak = await latents();
  expect(distance(plain, weak)).toBeGreaterThan(0);
  expect(distance(plain, weak)).toBeLessThan(distance(plain, strong));
  await sd.unloadLora("ink");
  expect(await latents()).toEqual(plain);
});

it("paints with the SUN adapter in few evaluations, by its scale, or without it", async () => {
  const sd = await load(folder);
  const generate = (options: object = {}) =>
    sd.generate(prompt, { ...few, guidanceScale: 1, scheduler: "ddim", ...options });
  const plain = (await generate()).latents.data;
  await sd.loadSun(fixture("sun/tiny-sd15_addpos.safetensors"));
  expect([sd.sun, sd.accelerations]).toEqual(["tiny-sd15_addpos", ["sun"]]);
  const full = await generate();
  expect(full).toMatchObject({ evaluations: 2, request: { acceleration: { name: "sun" }, steps: 2 } });
  const weak = (await generate({ sunScale: 0.1 })).latents.data;
  // At a scale of 0 the adapter's network is the plain one; the scheduler's trailing timesteps remain.
  const zero = (await generate({ sunScale: 0 })).latents.data;
  expect(distance(zero, weak)).toBeGreaterThan(0);
  expect(distance(zero, weak)).toBeLessThan(distance(zero, full.latents.data));
  expect((await generate({ sun: false })).latents.data).toEqual(plain);
  await sd.unloadSun();
  expect(sd.sun).toBeUndefined();
  expect((await generate()).latents.data).toEqual(plain);
});

it("loads only the networks again that an adapter changes", async () => {
  const { runtime, loads } = countingRuntime(await createNodeRuntime({ cache: false }));
  onTestFinished(() => runtime.dispose());
  const sd = await load(folder, { runtime });
  const generated = async (options: object = {}) => {
    loads.length = 0;
    await sd.generate(prompt, { ...few, preview: "linear", onProgress: () => undefined, ...options });
    return [...loads].sort();
  };
  expect(await generated()).toEqual(["text_encoder", "unet", "vae_decoder", "vae_encoder"]);
  await sd.loadLora(unetLora(), { name: "ink" });
  expect(await generated()).toEqual(["unet"]);
  await sd.setLoraScale("ink", 0.5);
  expect(await generated()).toEqual(["unet"]);
  expect(await generated()).toEqual([]);
  await sd.unloadLora("ink");
  expect(await generated()).toEqual(["unet"]);
  await sd.loadSun(fixture("sun/tiny-sd15_addpos.safetensors"));
  expect(await generated()).toEqual(["unet"]);
  expect(await generated({ sunScale: 0.5 })).toEqual([]);
  expect(await generated({ sun: false })).toEqual([]);
});

it("uses an acceleration of the user's own, and none on request", async () => {
  const acceleration: Acceleration = {
    name: "own",
    defaults: {
      steps: 3,
      guidanceScale: 1,
      scheduler: ({ prediction_type }) => ({
        _class_name: "EulerDiscreteScheduler",
        timestep_spacing: "trailing",
        prediction_type,
      }),
    },
    parameters: () => ({ "Few steps": "own" }),
  };
  const sd = await load(folder, { acceleration });
  const size = { width: 64, height: 64 };
  const { images, ...result } = await sd.generate(prompt, size);
  expect(result).toMatchObject({ evaluations: 3, scheduler: "EulerDiscreteScheduler" });
  expect(parseParameters(images[0]!.parameters).settings.get("Few steps")).toBe("own");
  expect(await sd.generate(prompt, { ...few, acceleration: false })).toMatchObject({ evaluations: 4 });
  await sd.unloadAcceleration("own");
  expect(sd.accelerations).toEqual([]);
  await expect(sd.unloadAcceleration("own")).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
  await expect(sd.generate(prompt, { ...few, acceleration: "own" })).rejects.toMatchObject({
    code: "PIPELINE_ACCELERATION",
  });
});

it("hands on the warnings of loading and of runs", async () => {
  const warnings: SunstepWarning[] = [];
  const sd = await load(fixture("tiny-sd15-single-file/tiny_sd15.fp16.safetensors"), {
    onWarning: (warning) => void warnings.push(warning),
  });
  expect(warnings).toEqual(sd.warnings);
  expect(warnings.length).toBeGreaterThan(0);
  await sd.generate(prompt, { ...few, guidanceScale: 1, negative: "guidance", negativePrompt: "dog" });
  expect(warnings.at(-1)).toMatchObject({ code: "NEGATIVE_PROMPT_UNUSED" });
});

it("leaves a runtime that it was given to its owner", async () => {
  const runtime = await createNodeRuntime({ cache: false });
  onTestFinished(() => runtime.dispose());
  await (await load(folder, { runtime })).dispose();
  expect(await paint(await load(folder, { runtime }))).toHaveLength(64 * 64 * 3);
});

it("makes every image of a run again alone, with the parameters that it carries", async () => {
  const sd = await load(folder);
  const { images } = await sd.generate(prompt, { ...few, imagesPerPrompt: 3, negativePrompt: "dog, blurry" });
  expect(images.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  const alone = (await sd.generate(prompt, { ...few, seed: 7, negativePrompt: "dog, blurry" })).images[0]!;
  expect(alone.data).toEqual(images[2]!.data);
  expect(await alone.toPng()).toEqual(await images[2]!.toPng());
  const { negativePrompt, settings } = parseParameters(alone.parameters);
  expect(negativePrompt).toBe("dog, blurry");
  expect(settings.get("Seed")).toBe("7");
});

it("names the model as it was told to, or as it was given", async () => {
  expect((await load(folder)).model).toBe(folder);
  const sd = await load(folder, { name: "tiny" });
  const [image] = (await sd.generate(prompt, few)).images;
  expect([sd.model, parseParameters(image!.parameters).settings.get("Model")]).toEqual(["tiny", "tiny"]);
});

it("executes calls in turn, also after a cancelled one", async () => {
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
  await expect(sd.generate(prompt, few)).rejects.toMatchObject({ code: "MODEL_DISPOSED" });
});

it("rejects with ABORTED when it is cancelled while a network is loaded", async () => {
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

it("reports stages, steps and loads, and the time of loading apart", async () => {
  const sd = await load(folder);
  const events: string[] = [];
  const onProgress = (event: ProgressEvent) => {
    if (event.type === "stage") events.push(event.network ? `load ${event.network}` : event.stage);
    if (event.type === "step") events.push(`${event.step}/${event.steps}`);
  };
  const first = await sd.generate(prompt, { ...few, onProgress });
  expect(events.filter((event) => event.startsWith("load"))).toEqual([
    "load text_encoder",
    "load unet",
    "load vae_decoder",
  ]);
  expect(first.timings.load).toBeGreaterThan(0);
  expect(Object.values(first.timings).every((time) => time >= 0)).toBe(true);
  events.length = 0;
  const second = await sd.generate(prompt, { ...few, onProgress });
  expect([...new Set(events)]).toEqual(["encode-prompt", "denoise", "1/2", "2/2", "decode"]);
  expect(second.timings.load).toBe(0);
});

it("runs a distilled model with its own scheduler, in few steps without guidance", async () => {
  const lcm = join(temporaryFolder(), "lcm");
  cpSync(folder, lcm, { recursive: true });
  const config = {
    _class_name: "LCMScheduler",
    beta_schedule: "scaled_linear",
    original_inference_steps: 50,
  };
  writeFileSync(join(lcm, "scheduler/scheduler_config.json"), JSON.stringify(config));
  const sd = await load(lcm);
  expect(sd.defaults).toMatchObject({ steps: 4, guidanceScale: 1 });
  expect(await sd.generate(prompt, { seed: 1, width: 64, height: 64 })).toMatchObject({
    evaluations: 4,
    scheduler: "LCMScheduler",
    timesteps: [999, 759, 499, 259],
  });
  expect(await sd.generate(prompt, { ...few, guidanceScale: 3, scheduler: "ddim" })).toMatchObject({
    evaluations: 4,
    scheduler: "DDIMScheduler",
  });
});

it("decodes by a VAE that is given in place of the model's", async () => {
  const generate = async (options: FromPretrainedOptions) =>
    (await load(folder, options)).generate(prompt, few);
  const vae = join(temporaryFolder(), "vae");
  cpSync(join(folder, "vae"), vae, { recursive: true });
  const own = await generate({});
  expect((await generate({ vae })).images[0]!.data).toEqual(own.images[0]!.data);
  const config = JSON.parse(readFileSync(join(vae, "config.json"), "utf8")) as { scaling_factor: number };
  const scaled = { ...config, scaling_factor: config.scaling_factor / 4 };
  writeFileSync(join(vae, "config.json"), JSON.stringify(scaled));
  const other = await generate({ vae });
  expect(other.latents.data).toEqual(own.latents.data);
  expect(distance(other.images[0]!.data, own.images[0]!.data)).toBeGreaterThan(1);
  await expect(load(folder, { vae: fixture("lora/kohya.safetensors") })).rejects.toMatchObject({
    code: "CHECKPOINT_COMPONENT_MISSING",
  });
});

it("rejects adapters that do not fit, and names the shapes", async () => {
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
  // A failed load changes nothing.
  expect(sd.sun).toBe("sun_adapter");
  expect(sd.loras).toEqual([]);
});

it("loads the adapter that comes with a model, unless it is told not to", async () => {
  const withSun = await load(undefined);
  expect(await withSun.generate("a red apple", { steps: 1, seed: 1 })).toMatchObject({
    evaluations: 1,
    request: { acceleration: { name: "sun" }, guidanceScale: 0 },
  });
  const without = await load(undefined, { sun: false });
  expect(without.sun).toBeUndefined();
});

it("rejects models that it cannot load", async () => {
  const sd3 = join(temporaryFolder(), "sd3");
  mkdirSync(sd3);
  writeFileSync(
    join(sd3, "model_index.json"),
    '{"_class_name":"StableDiffusion3Pipeline","unet":["diffusers","UNet2DConditionModel"]}',
  );
  await expect(load(sd3)).rejects.toMatchObject({
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
});

it("decodes the embedded model by its tiny autoencoder nearly as by its VAE", async () => {
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

/** Mean absolute difference. */
function distance(a: Float32Array | Uint8Array, b: Float32Array | Uint8Array): number {
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}
