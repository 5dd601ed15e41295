// Text in PNG files: tEXt (Latin-1), zTXt (the same, compressed) and iTXt (UTF-8). Written as Pillow does, whose files
// all tools read: tEXt where the text is Latin-1, else iTXt without compression.

import { imageError } from "../errors.js";
import { inflateAtMost } from "./inflate.js";
import { type PngChunk, readPngChunks } from "./png-chunks.js";

/** Bytes that all compressed texts of a file may hold together: a megabyte of chunks can stand for a gigabyte. */
const largestText = 2 ** 24;

/**
 * Keyword and text of every text chunk, in the order of the file; of equal keywords the last counts. Compressed ones may
 * hold 16 MiB in all.
 * @throws SunstepError IMAGE_FORMAT_UNKNOWN, IMAGE_TRUNCATED, IMAGE_CORRUPT
 */
export function readPngText(png: Uint8Array): Map<string, string> {
  return textOfChunks(readPngChunks(png));
}

export function textOfChunks(chunks: readonly PngChunk[]): Map<string, string> {
  const texts = new Map<string, string>();
  let left = largestText;
  const inflate: Inflate = (compressed) => {
    const bytes = inflateAtMost(compressed, left);
    left -= bytes.length;
    return bytes;
  };
  for (const { type, data } of chunks) {
    const read = readers[type];
    if (!read) continue;
    const end = data.indexOf(0);
    if (end < 1) throw imageError("IMAGE_CORRUPT", `a ${type} chunk of the PNG has no keyword`, { type });
    texts.set(latin1(data.subarray(0, end)), read(data.subarray(end + 1), inflate));
  }
  return texts;
}

type Inflate = (compressed: Uint8Array) => Uint8Array;

const readers: Readonly<Record<string, (data: Uint8Array, inflate: Inflate) => string>> = {
  tEXt: latin1,
  zTXt: (data, inflate) => latin1(inflate(data.subarray(1))),
  iTXt: (data, inflate) => {
    const language = data.indexOf(0, 2);
    const keyword = data.indexOf(0, language + 1);
    if (language < 0 || keyword < 0) throw imageError("IMAGE_CORRUPT", "an iTXt chunk of the PNG ends early");
    const text = data.subarray(keyword + 1);
    return new TextDecoder().decode(data[0] === 1 ? inflate(text) : text);
  },
};

export function textChunk(keyword: string, text: string): PngChunk {
  if (!/^[\x20-\x7e\xa1-\xff]{1,79}$/.test(keyword) || /^ | $/.test(keyword)) {
    throw imageError(
      "IMAGE_TEXT_INVALID",
      `${JSON.stringify(keyword)} is no keyword: 1 to 79 printable Latin-1 characters`,
      { keyword },
    );
  }
  if (text.includes("\0"))
    throw imageError("IMAGE_TEXT_INVALID", `the text for "${keyword}" holds a zero character`, { keyword });
  const key = [...keyword].map((char) => char.charCodeAt(0));
  if (/^[\0-\xff]*$/.test(text)) {
    const data = new Uint8Array(key.length + 1 + text.length);
    data.set(key);
    for (let i = 0; i < text.length; i++) data[key.length + 1 + i] = text.charCodeAt(i);
    return { type: "tEXt", data };
  }
  // Keyword, end, uncompressed (two bytes), no language, no translated keyword, text.
  const utf8 = new TextEncoder().encode(text);
  const data = new Uint8Array(key.length + 5 + utf8.length);
  data.set(key);
  data.set(utf8, key.length + 5);
  return { type: "iTXt", data };
}

// TextDecoder's "latin1" is Windows-1252, which reads 0x80 to 0x9f otherwise.
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
