// Text in the lowest bits of pixels, which survives where a PNG's text chunks are removed: "stealth PNG info" of an extension of
// AUTOMATIC1111 (github.com/neggles/sd-webui-stealth-pnginfo) and of NovelAI. The bits run down the columns from the left: a
// signature, the length of the rest in bits as a 32-bit number, and the text in UTF-8, or gzip of it.

import { Gunzip } from "fflate";
import { inflateAtMost } from "../png/inflate.js";
import type { RgbImage } from "../rgb-image.js";
import { generatorProgram } from "./generator-program.js";

interface Form {
  readonly signature: string;
  /** Channels whose lowest bits follow one another in each pixel. */
  readonly channels: readonly number[];
  readonly compressed: boolean;
}

const forms: readonly Form[] = [
  { signature: "stealth_pnginfo", channels: [3], compressed: false },
  { signature: "stealth_pngcomp", channels: [3], compressed: true },
  { signature: "stealth_rgbinfo", channels: [0, 1, 2], compressed: false },
  { signature: "stealth_rgbcomp", channels: [0, 1, 2], compressed: true },
];

const LENGTH_BYTES = 4;
/** Bytes that a compressed text may stand for. */
const LARGEST_TEXT = 2 ** 24;

/** Adds the text that hides in an image's pixels, if `text` has no generation data. */
export function withHiddenText(
  text: ReadonlyMap<string, string>,
  image: RgbImage,
): ReadonlyMap<string, string> {
  if (generatorProgram(text)) return text;
  const hidden = readHiddenText(image);
  return hidden === undefined ? text : new Map([...textsOf(hidden), ...text]);
}

/** NovelAI hides its texts by keyword, as JSON; AUTOMATIC1111 hides the one that it keeps as "parameters". */
function textsOf(hidden: string): readonly (readonly [string, string])[] {
  try {
    const texts: unknown = JSON.parse(hidden);
    if (typeof texts === "object" && texts !== null)
      return Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  } catch {
    // Not JSON.
  }
  return [["parameters", hidden]];
}

/** Returns the text in the pixels; undefined where there is none, or one that is cut. */
function readHiddenText(image: RgbImage): string | undefined {
  for (const { signature, channels, compressed } of forms) {
    const { available, read } = lowestBits(image, channels);
    const start = signature.length + LENGTH_BYTES;
    if (available < start || String.fromCharCode(...read(0, signature.length)) !== signature) continue;
    const length = new DataView(read(signature.length, LENGTH_BYTES).buffer).getUint32(0) / 8;
    if (!Number.isInteger(length) || start + length > available) return undefined;
    const stored = read(start, length);
    try {
      return new TextDecoder().decode(compressed ? inflateAtMost(stored, LARGEST_TEXT, Gunzip) : stored);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** The lowest bits of some channels as bytes, the highest bit first. */
function lowestBits(image: RgbImage, channels: readonly number[]) {
  const { width, height, data } = image;
  const bit = (index: number) => {
    const pixel = Math.floor(index / channels.length);
    const [column, row] = [Math.floor(pixel / height), pixel % height];
    return data[(row * width + column) * image.channels + channels[index % channels.length]!]! & 1;
  };
  const byte = (index: number) => {
    let value = 0;
    for (let i = 0; i < 8; i++) value = value * 2 + bit(index * 8 + i);
    return value;
  };
  const exist = channels.every((channel) => channel < image.channels);
  return {
    available: exist ? Math.floor((width * height * channels.length) / 8) : 0,
    read: (start: number, length: number) => Uint8Array.from({ length }, (_, i) => byte(start + i)),
  };
}
