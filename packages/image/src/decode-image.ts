import jpeg from "jpeg-js";
import { imageError } from "./errors.js";
import { checkJpeg } from "./jpeg-header.js";
import { upright } from "./orientation.js";
import { decodePng } from "./png/decode-png.js";
import { isPng } from "./png/png-chunks.js";
import type { RgbImage } from "./rgb-image.js";
import { finish, finishInSlices, type Steps } from "./steps.js";
import { withHiddenText } from "./text/hidden-text.js";
import { textOfExif } from "./text/image-text.js";

export interface DecodeImageOptions {
  /**
   * Larger images are refused before memory is taken for them. Default 64 million. Pixels that cost more than usual count
   * more: up to twice for PNGs of 16 bits and for JPEGs whose colours are not subsampled.
   */
  readonly maxPixels?: number;
}

export interface DecodedImage extends RgbImage {
  /**
   * Texts by keyword, such as AUTOMATIC1111's "parameters": those of a PNG's chunks or pixels, or a JPEG's EXIF comment under that
   * keyword.
   */
  readonly text: ReadonlyMap<string, string>;
}

/**
 * Decodes PNG or JPEG, known by the first bytes, and turns it upright as its EXIF orientation says. 16-bit samples lose
 * their low byte, as in Pillow.
 * @throws SunstepError IMAGE_FORMAT_UNKNOWN, IMAGE_TRUNCATED, IMAGE_CORRUPT, IMAGE_TOO_LARGE
 */
export function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): DecodedImage {
  return finish(decodeSteps(bytes, options));
}

/** `decodeImage` that lets the thread do other work in between, except for the pixels of a JPEG. */
export async function decodeImageInSlices(
  bytes: Uint8Array,
  options: DecodeImageOptions = {},
): Promise<DecodedImage> {
  return finishInSlices(decodeSteps(bytes, options));
}

function* decodeSteps(bytes: Uint8Array, { maxPixels = 64e6 }: DecodeImageOptions): Steps<DecodedImage> {
  if (isPng(bytes)) {
    const { image, text, exif } = yield* decodePng(bytes, maxPixels);
    return { ...upright(image, exif.orientation), text: withHiddenText(text, image) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const exif = checkJpeg(bytes, maxPixels);
    return { ...upright(decodeJpeg(bytes, maxPixels), exif.orientation), text: textOfExif(exif) };
  }
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw imageError(
    "IMAGE_FORMAT_UNKNOWN",
    `the image is neither PNG nor JPEG; it begins with ${start || "nothing"}`,
  );
}

function decodeJpeg(bytes: Uint8Array, maxPixels: number): RgbImage {
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: maxPixels / 1e6,
      maxMemoryUsageInMB: 32 + (maxPixels * 16) / 2 ** 20,
    });
    return { width, height, channels: 3, data };
  } catch (cause) {
    const reason = (cause as Error).message;
    if (/limit exceeded/.test(reason)) {
      throw imageError("IMAGE_TOO_LARGE", `the JPEG has more than ${maxPixels} pixels`, { maxPixels, cause });
    }
    throw imageError("IMAGE_CORRUPT", `the JPEG cannot be decoded, it may be cut: ${reason}`, { cause });
  }
}
