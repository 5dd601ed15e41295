import { readFileSync } from "node:fs";
import { generatorProgram, readImageText } from "@sunstep/image";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { decodeImage, readParameters } from "../src/index.js";

const duck = {
  prompt: "photo of a duck",
  model: "realistic_realisticVisionV20_v20",
  options: {
    negativePrompt: "monochrome",
    steps: 15,
    scheduler: "unipc",
    guidanceScale: 5,
    seed: 235284042,
    width: 512,
    height: 400,
  },
  warnings: [],
};

it.each([
  ["automatic1111_cropped.jpg", "AUTOMATIC1111", duck],
  ["automatic1111_cropped.png", "AUTOMATIC1111", duck],
  ["text_after_idat.png", "AUTOMATIC1111", duck],
  ["fooocus1_cropped.png", "Fooocus", undefined],
  ["img2img_cropped.png", "ComfyUI", undefined],
  ["unclip_2pass_cropped.png", "ComfyUI", undefined],
  ["invokeai_dream1.png", "InvokeAI", undefined],
  ["invokeai_imeta1.png", "InvokeAI", undefined],
  ["invokeai_sdmeta1.png", "InvokeAI", undefined],
  ["novelai1_cropped.png", "NovelAI", undefined],
])("reads a published image and names its program: %s", (name, program, parameters) => {
  const bytes = readFileSync(fixture(`published-images/${name}`));
  const text = readImageText(bytes);
  expect(decodeImage(bytes)).toMatchObject({ width: 1, height: 1 });
  expect(generatorProgram(text)).toBe(program);
  const read = readParameters(text.get("parameters") ?? "");
  if (parameters) expect(read).toMatchObject(parameters);
  else expect(read).toBeUndefined();
});
