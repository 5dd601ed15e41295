import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@sunstep/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FromPretrainedOptions, readParameters, StableDiffusion } from "../src/index.js";
import { temporaryFolder } from "./temporary-folder.js";
import { unetLora } from "./unet-lora.js";

const ink = fixture("lora/kohya.safetensors");
const few = { seed: 5, steps: 2, width: 64, height: 64, guidanceScale: 3 };

async function load(options: FromPretrainedOptions = {}): Promise<StableDiffusion> {
  const sd = await StableDiffusion.fromPretrained(fixture("tiny-sd15"), { offline: true, ...options });
  onTestFinished(() => sd.dispose());
  return sd;
}

/** A folder with ink.safetensors and styles/wash.safetensors, which changes the U-Net alone. */
async function loraFolder(): Promise<string> {
  const folder = temporaryFolder();
  copyFileSync(ink, join(folder, "ink.safetensors"));
  mkdirSync(join(folder, "styles"));
  writeFileSync(join(folder, "styles", "wash.safetensors"), await unetLora().bytes());
  writeFileSync(join(folder, "notes.txt"), "");
  return folder;
}

const latents = async (sd: StableDiffusion, prompt: string, options: object = {}) =>
  (await sd.generate(prompt, { ...few, ...options })).latents.data;

describe("LoRAs in prompts", () => {
  it("apply to that generation only, as the same LoRAs loaded at the same scales", async () => {
    const sd = await load({ loraFolder: await loraFolder() });
    const plain = await latents(sd, "a cat");
    const tagged = await latents(sd, "a <lora:ink:0.7>cat<lora:wash:-0.5>");
    expect(tagged).not.toEqual(plain);
    expect(sd.loras).toEqual([]);
    expect(await latents(sd, "a cat")).toEqual(plain);
    await sd.loadLora(ink, { scale: 0.7 });
    await sd.loadLora(unetLora(), { scale: -0.5 });
    expect(await latents(sd, "a cat")).toEqual(tagged);
  });

  it("have the text encoder's scale first", async () => {
    const sd = await load({ loraFolder: await loraFolder() });
    await sd.loadLora(ink, { name: "mine", scale: 0.25, textEncoderScale: 0.75 });
    const loaded = await latents(sd, "a cat");
    await sd.unloadLora("mine");
    expect(await latents(sd, "a cat<lora:ink:0.75:0.25>")).toEqual(loaded);
    expect(await latents(sd, "a cat<lora:ink:0.25:0.75>")).not.toEqual(loaded);
    // With the U-Net's scale at 0, only the text encoder changes: a LoRA of the U-Net alone changes nothing.
    expect(await latents(sd, "a cat<lora:wash:1:0>")).toEqual(await latents(sd, "a cat"));
  });

  it("set the scale of a loaded LoRA of that name", async () => {
    const sd = await load({ loras: [{ path: ink, scale: 1 }] });
    const { latents: half, images } = await sd.generate("a cat <lora:kohya:0.5>", few);
    expect(readParameters(images[0]!.parameters)).toMatchObject({
      prompt: "a cat",
      loras: [{ name: "kohya", scale: 0.5 }],
    });
    await sd.setLoraScale("kohya", 0.5);
    expect(await latents(sd, "a cat ")).toEqual(half.data);
  });

  it("are found by the name that their trainer gave them, and among a picker's files", async () => {
    const file = readFileSync(ink);
    const start = 8 + Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.subarray(8, start).toString()) as object;
    const text = Buffer.from(JSON.stringify({ ...header, __metadata__: { ss_output_name: "Ink Wash v2" } }));
    const length = new BigUint64Array([BigInt(text.length)]);
    const trained = new Blob([length, text, file.subarray(start)] as BlobPart[]);
    const sd = await load({
      loraFolder: { "a/b.safetensors": trained, "broken.safetensors": new Blob(["no"]) },
    });
    expect(await latents(sd, "a cat<lora:Ink Wash v2:1>")).toEqual(await latents(sd, "a cat<lora:b>"));
  });

  it("keep the prompt as it was written in the image's text", async () => {
    const sd = await load({ loraFolder: await loraFolder() });
    const { images } = await sd.generate(["a cat<lora:ink:1:0.5>", "a dog<lora:ink:1:0.5>"], few);
    expect(images[1]!.parameters).toMatch(/^a dog<lora:ink:1:0.5>\n/);
    expect(readParameters(images[1]!.parameters)).toMatchObject({
      prompt: "a dog",
      loras: [{ name: "ink", scale: 0.5, textEncoderScale: 1 }],
    });
  });

  it.each([
    [
      "a name that no file has",
      "<lora:inc:1>",
      { code: "PROMPT_LORA_UNKNOWN", details: { near: ["ink", "wash"] } },
    ],
    ["a path", "<lora:styles/wash:1>", { code: "PROMPT_LORA_UNKNOWN" }],
    ["a path that leaves the folder", "<lora:../ink:1>", { code: "PROMPT_LORA_UNKNOWN" }],
    ["a scale that is no number", "<lora:ink:strong>", { code: "ADAPTER_SCALE" }],
    ["no name", "<lora::1>", { code: "ADAPTER_SCALE" }],
  ])("are refused for %s", async (_, tag, error) => {
    const sd = await load({ loraFolder: await loraFolder() });
    await expect(sd.generate(`a cat ${tag}`, few)).rejects.toMatchObject(error);
  });

  it("are refused where two files have the name, or prompts of one call differ in them", async () => {
    const folder = await loraFolder();
    copyFileSync(ink, join(folder, "styles", "ink.safetensors"));
    const sd = await load({ loraFolder: folder });
    await expect(sd.generate("<lora:ink:1>", few)).rejects.toMatchObject({ code: "PROMPT_LORA_AMBIGUOUS" });
    const differing = sd.generate(["a <lora:wash:1>", "b"], few);
    await expect(differing).rejects.toMatchObject({ code: "PROMPT_LORAS_DIFFER" });
  });

  it("are taken out and warned of before anything runs where there is no folder", async () => {
    const warned: string[] = [];
    const sd = await load({ onWarning: ({ code }) => warned.push(code) });
    const events: string[] = [];
    const onProgress = ({ type }: { type: string }) => void events.push(type);
    const result = await sd.generate("a cat <lora:ink:0.8><hypernet:old:1>", { ...few, onProgress });
    expect(result.warnings.map(({ message }) => message)).toEqual([
      "<hypernet:old:1> has no effect: of networks in prompts only <lora:name:scale> is known",
      expect.stringContaining("holds ink.safetensors (loraFolder, --lora-dir)"),
    ]);
    expect(warned.filter((code) => code === "PROMPT_TAG_UNUSED")).toHaveLength(2);
    expect(events.slice(0, 3)).toEqual(["warning", "warning", "stage"]);
    expect(result.latents.data).toEqual(await latents(sd, "a cat "));
  });

  it("stay as words in negative prompts, as in AUTOMATIC1111, and in plain prompts", async () => {
    const sd = await load({ loraFolder: await loraFolder() });
    const negative = await sd.generate("a cat", { ...few, negativePrompt: "<lora:ink:1>" });
    expect(negative.warnings).toMatchObject([{ code: "PROMPT_SYNTAX_UNUSED", details: { kind: "lora" } }]);
    expect(negative.latents.data).not.toEqual(await latents(sd, "a cat"));
    const plain = await sd.generate("a <lora:ink:1> cat", { ...few, promptSyntax: "plain" });
    expect(plain.warnings).toEqual([]);
    expect(plain.latents.data).not.toEqual(await latents(sd, "a  cat", { promptSyntax: "plain" }));
  });

  it("need a folder that is there", async () => {
    const loading = load({ loraFolder: join(temporaryFolder(), "nowhere") });
    await expect(loading).rejects.toMatchObject({ code: "ADAPTER_FOLDER" });
  });
});
