import { SunstepError } from "@sunstep/errors";
import { serverError } from "../errors.js";

/** Decodes the base64 of an image, with or without "data:image/png;base64," before it. @throws IMAGE_ENCODING */
export function imageBytes(text: string): Uint8Array {
  if (/^https?:/i.test(text)) {
    throw serverError(
      "IMAGE_ENCODING",
      "images are not fetched from addresses: send them as base64 or data URL",
    );
  }
  const base64 = text.replace(/^data:[^,]*;base64,/i, "");
  const bytes = Buffer.from(base64, "base64");
  const isClean = /^[A-Za-z0-9+/_-]*={0,2}$/.test(base64.replace(/\s+/g, ""));
  if (bytes.length === 0 || !isClean) {
    throw serverError(
      "IMAGE_ENCODING",
      `the image is not base64: it begins with ${JSON.stringify(text.slice(0, 24))}`,
    );
  }
  return bytes;
}

const signatures = [/^\x89PNG/, /^\xff\xd8\xff/, /^RIFF....WEBP/s];

/** Refuses bytes that are no image, before a job is made of them. @throws IMAGE_FORMAT_UNKNOWN */
export function checkImageBytes(bytes: Uint8Array): Uint8Array {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (signatures.some((signature) => signature.test(start))) return bytes;
  throw new SunstepError("IMAGE_FORMAT_UNKNOWN", "the image is neither PNG nor JPEG nor WebP");
}

export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
