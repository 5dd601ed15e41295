import { writeSafetensors } from "@sunstep/checkpoint";
import { tensor } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { parsePromptList } from "../src/data/captions.js";
import { openTrainingData } from "../src/data/training-data.js";
import { tinyCaptions, tinyData } from "./tiny-data.js";

const line = JSON.stringify;
const many = (text: string) => Array.from({ length: 12 }, () => text).join("\n");
const latents = (values: Float32Array, shape: number[]) =>
  writeSafetensors({ latents: tensor(values, shape) }) as BlobPart;

it("reads latents of either type, and captions", async () => {
  const data = await openTrainingData(tinyData());
  expect(data.entries).toEqual(tinyCaptions);
  expect(data.shape).toEqual([4, 8, 8]);
  const values = Float32Array.from({ length: 12 * 4 }, (_, i) => i);
  const full = await openTrainingData(tinyData({ "latents.safetensors": latents(values, [12, 4, 1, 1]) }));
  expect(await full.latents(11)).toEqual(Float32Array.of(44, 45, 46, 47));
  expect(full.fingerprint).not.toBe(data.fingerprint);
  expect((await openTrainingData(tinyData())).fingerprint).toBe(data.fingerprint);
});

it("accepts lines with captions alone", async () => {
  const { entries } = await openTrainingData(tinyData({ "captions.jsonl": many('{"captions":["a"]}') }));
  expect(entries[0]).toEqual({ captions: ["a"], negatives: [], weight: 1 });
});

it.each<[what: string, files: Record<string, BlobPart>, code: string, message: RegExp]>([
  [
    "no JSON",
    { "captions.jsonl": `${line(tinyCaptions[0])}\nnonsense` },
    "TRAINING_CAPTIONS",
    /line 2: it is not JSON/,
  ],
  ["a list", { "captions.jsonl": "[]" }, "TRAINING_CAPTIONS", /line 1: it is no JSON object/],
  ["no captions", { "captions.jsonl": '{"captions":[]}' }, "TRAINING_CAPTIONS", /line 1: "captions"/],
  ["a wrong caption", { "captions.jsonl": '{"captions":[1]}' }, "TRAINING_CAPTIONS", /line 1: "captions"/],
  [
    "wrong negatives",
    { "captions.jsonl": '{"captions":["a"],"negatives":"b"}' },
    "TRAINING_CAPTIONS",
    /line 1: "negatives"/,
  ],
  [
    "a wrong weight",
    { "captions.jsonl": '{"captions":["a"],"weight":-1}' },
    "TRAINING_CAPTIONS",
    /line 1: "weight"/,
  ],
  [
    "no weight",
    { "captions.jsonl": many('{"captions":["a"],"weight":0}') },
    "TRAINING_CAPTIONS",
    /all weights are 0/,
  ],
  ["nothing", { "captions.jsonl": "" }, "TRAINING_CAPTIONS", /it has no lines/],
  [
    "too few lines",
    { "captions.jsonl": '{"captions":["a"]}' },
    "TRAINING_CAPTIONS",
    /1 lines for the 12 images/,
  ],
  ["no safetensors", { "latents.safetensors": "nothing of the kind" }, "CHECKPOINT_", /latents\.safetensors/],
  [
    "another tensor",
    { "latents.safetensors": writeSafetensors({ x: tensor(new Float32Array(1), [1]) }) as BlobPart },
    "TRAINING_LATENTS",
    /no tensor "latents" but x/,
  ],
  [
    "a wrong rank",
    { "latents.safetensors": latents(new Float32Array(12), [12]) },
    "TRAINING_LATENTS",
    /\[12\]/,
  ],
  [
    "no images",
    { "latents.safetensors": latents(new Float32Array(0), [0, 4, 8, 8]) },
    "TRAINING_LATENTS",
    /\[0, /,
  ],
  [
    "integers",
    {
      "latents.safetensors": writeSafetensors({
        latents: tensor(new Int8Array(12), [12, 1, 1, 1], "int8"),
      }) as BlobPart,
    },
    "TRAINING_LATENTS",
    /int8/,
  ],
])("refuses %s", async (_, files, code, message) => {
  await expect(openTrainingData(tinyData(files))).rejects.toMatchObject({
    code: expect.stringContaining(code),
    message: expect.stringMatching(message),
  });
});

it("names the image whose latents are not finite", async () => {
  const values = new Float32Array(12 * 4).fill(1);
  values[5 * 4 + 2] = Number.NaN;
  const data = await openTrainingData(tinyData({ "latents.safetensors": latents(values, [12, 4, 1, 1]) }));
  await data.latents(4);
  await expect(data.latents(5)).rejects.toMatchObject({ code: "TRAINING_LATENTS", details: { image: 5 } });
});

it("reads a list of prompts", () => {
  expect(parsePromptList("a cat\r\n\n a dog \n").map(({ captions }) => captions)).toEqual([
    ["a cat"],
    ["a dog"],
  ]);
  expect(() => parsePromptList("\n\n")).toThrow(expect.objectContaining({ code: "TRAINING_CAPTIONS" }));
});
