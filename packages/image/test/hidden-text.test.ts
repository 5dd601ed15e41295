import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { gzipSync } from "fflate";
import { expect, it } from "vitest";
import { decodeImage, encodePng, type RgbImage, readImageText } from "../src/index.js";

const parameters = "a circle 円\nSteps: 20, Sampler: Euler, Seed: 1";

/** Writes bits as the extension does: down the columns, into one channel or into three. */
function hide(text: Uint8Array, signature: string, channels: readonly number[], size = 64): RgbImage {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length * 8);
  const bytes = [...new TextEncoder().encode(signature), ...length, ...text];
  const bits = bytes.flatMap((byte) => [...byte.toString(2).padStart(8, "0")].map(Number));
  const data = new Uint8Array(size * size * 4).fill(254);
  for (const [i, bit] of bits.entries()) {
    const pixel = Math.floor(i / channels.length);
    const [x, y] = [Math.floor(pixel / size), pixel % size];
    data[(y * size + x) * 4 + channels[i % channels.length]!]! += bit;
  }
  return { width: size, height: size, channels: 4, data };
}

const utf8 = new TextEncoder().encode(parameters);
const rgb = [0, 1, 2];

it("reads the text in the alpha channel of a published image", () => {
  const bytes = readFileSync(fixture("published-images/automatic1111_stealth.png"));
  const expected = new Map([
    [
      "parameters",
      "a circle\nNegative prompt: a square\nSteps: 20, Sampler: Euler, Schedule type: Automatic, CFG scale: 7, Seed: 2015833630, Size: 64x64, Model hash: 15012c538f, Model: realisticVisionV51_v51VAE, Clip skip: 2, Version: v1.9.4-169-ga30b19dd",
    ],
  ]);
  expect(readImageText(bytes)).toEqual(expected);
  expect(decodeImage(bytes).text).toEqual(expected);
});

it.each([
  ["stealth_pnginfo", [3], utf8],
  ["stealth_pngcomp", [3], gzipSync(utf8)],
  ["stealth_rgbinfo", rgb, utf8],
  ["stealth_rgbcomp", rgb, gzipSync(utf8)],
])("reads the form %s", (signature, channels, text) => {
  const png = encodePng(hide(text, signature, channels));
  expect(readImageText(png)).toEqual(new Map([["parameters", parameters]]));
});

it("takes NovelAI's JSON as its texts by keyword", () => {
  const texts = { Software: "NovelAI", Description: "a circle", Comment: "{}" };
  const json = new TextEncoder().encode(JSON.stringify(texts));
  const png = encodePng(hide(gzipSync(json), "stealth_pngcomp", [3]));
  expect(Object.fromEntries(readImageText(png))).toEqual(texts);
});

it("prefers the text of chunks", () => {
  const text = new Map([["parameters", "a square\nSteps: 4"]]);
  expect(readImageText(encodePng(hide(utf8, "stealth_pnginfo", [3]), { text }))).toEqual(text);
});

it.each([
  ["whose end is cut off", hide(new Uint8Array(2000), "stealth_pnginfo", [3])],
  ["that is no gzip", hide(utf8, "stealth_pngcomp", [3])],
  ["that stands for too much", hide(gzipSync(new Uint8Array(2 ** 24 + 1)), "stealth_rgbcomp", rgb, 256)],
])("ignores a text %s", (_, image) => {
  const png = encodePng(image);
  expect(readImageText(png)).toEqual(new Map());
  expect(decodeImage(png)).toMatchObject({ width: image.width, text: new Map() });
});
