import { encode } from "fast-png";
import { checkImage, type RgbImage } from "../rgb-image.js";
import { readPngChunks, writePngChunks } from "./png-chunks.js";
import { textChunk } from "./png-text.js";

export interface EncodePngOptions {
  /** Text by keyword. "parameters" is where AUTOMATIC1111 and those who follow it look. */
  readonly text?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
}

/**
 * Encodes a PNG of 8 bits; text goes before the pixels, where readers that stop early find it.
 * @throws SunstepError IMAGE_SIZE_MISMATCH, IMAGE_TEXT_INVALID
 */
export function encodePng(image: RgbImage, { text = {} }: EncodePngOptions = {}): Uint8Array {
  checkImage(image);
  const { width, height, channels, data } = image;
  const texts = [...(text instanceof Map ? text : Object.entries(text as Record<string, string>))];
  const [header, ...rest] = readPngChunks(
    encode({ width, height, channels, depth: 8, data }, { zlib: { level: 6 } }),
  );
  return writePngChunks([header!, ...texts.map(([keyword, value]) => textChunk(keyword, value)), ...rest]);
}
