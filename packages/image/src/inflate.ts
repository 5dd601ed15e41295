import { Unzlib } from "fflate";
import { imageError } from "./errors.js";
import { joinBytes } from "./join-bytes.js";

const stepBytes = 16 * 1024;

/**
 * Inflates zlib data in small steps and stops as soon as there is more than `limit`: a few bytes can stand for
 * gigabytes, but for no more than 1032 times a step at once.
 */
export function inflateAtMost(compressed: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const inflater = new Unzlib((part) => {
    size += part.length;
    if (size <= limit) parts.push(part);
  });
  try {
    for (let at = 0; at < compressed.length && size <= limit; at += stepBytes) {
      const last = at + stepBytes >= compressed.length;
      inflater.push(compressed.subarray(at, at + stepBytes), last);
    }
  } catch (cause) {
    throw imageError("IMAGE_CORRUPT", "the PNG's compressed data is broken", { cause });
  }
  if (size > limit) {
    throw imageError(
      "IMAGE_CORRUPT",
      `the PNG's compressed data holds more than the ${limit} bytes it should`,
      {
        limit,
      },
    );
  }
  return joinBytes(parts);
}
