import jpeg from "jpeg-js";
import { decodePng } from "./decode-png.js";
import { imageError } from "./errors.js";
import { isPng } from "./png-chunks.js";
import type { RgbImage } from "./rgb-image.js";

export interface DecodeImageOptions {
  /** Larger pictures are refused before memory is taken for them. Default 64 million. */
  readonly maxPixels?: number;
}

export interface DecodedImage extends RgbImage {
  /** A PNG's text by keyword, such as AUTOMATIC1111's "parameters"; empty for JPEG. */
  readonly text: ReadonlyMap<string, string>;
}

/**
 * Decodes PNG or JPEG, known by the first bytes. 16-bit samples lose their low byte, as in Pillow; a JPEG's EXIF
 * orientation is not applied.
 * @throws SunstepError IMAGE_FORMAT_UNKNOWN, IMAGE_UNSUPPORTED, IMAGE_TRUNCATED, IMAGE_CORRUPT, IMAGE_TOO_LARGE
 */
export function decodeImage(bytes: Uint8Array, { maxPixels = 64e6 }: DecodeImageOptions = {}): DecodedImage {
  if (isPng(bytes)) return decodePng(bytes, maxPixels);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { ...decodeJpeg(bytes, maxPixels), text: new Map() };
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw imageError(
    "IMAGE_FORMAT_UNKNOWN",
    `the picture is neither PNG nor JPEG; it begins with ${start || "nothing"}`,
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
