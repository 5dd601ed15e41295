import { exifOfJpeg } from "../jpeg-header.js";
import { decodePng } from "../png/decode-png.js";
import { isPng } from "../png/png-chunks.js";
import { readPngText } from "../png/png-text.js";
import { finish } from "../steps.js";
import { type Exif, parseExif, withoutPrefix } from "./exif.js";
import { generatorProgram } from "./generator-program.js";
import { withHiddenText } from "./hidden-text.js";

/** A JPEG's or WebP's EXIF comment, under the keyword that AUTOMATIC1111 gives the same text in PNGs. */
export function textOfExif({ userComment }: Exif): ReadonlyMap<string, string> {
  return new Map(userComment === undefined ? [] : [["parameters", userComment]]);
}

/** A larger PNG is not searched for text in its pixels. */
const MAX_PIXELS = 64e6;

/**
 * Returns the texts by keyword of a PNG, or the EXIF comment of a JPEG or WebP as "parameters". Empty for other files. Decodes
 * only a PNG whose chunks have no generation data, which its pixels may hide.
 * @throws SunstepError IMAGE_TRUNCATED, IMAGE_CORRUPT
 */
export function readImageText(bytes: Uint8Array): ReadonlyMap<string, string> {
  if (isPng(bytes)) return textOfPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return textOfExif(exifOfJpeg(bytes));
  const webp = exifOfWebp(bytes);
  return webp ? textOfExif(parseExif(withoutPrefix(webp))) : new Map();
}

function textOfPng(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = readPngText(bytes);
  if (generatorProgram(text)) return text;
  try {
    return withHiddenText(text, finish(decodePng(bytes, MAX_PIXELS)).image);
  } catch {
    // Pixels that cannot be decoded hide no text.
    return text;
  }
}

/** The EXIF chunk of a WebP, a RIFF file: four letters, a length, the data, padded to an even length. */
function exifOfWebp(bytes: Uint8Array): Uint8Array | undefined {
  const letters = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (letters(0) !== "RIFF" || letters(8) !== "WEBP") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (letters(at) === "EXIF") return bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return undefined;
}
