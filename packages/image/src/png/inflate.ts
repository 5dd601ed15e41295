import { type Gunzip, Unzlib } from "fflate";
import { imageError } from "../errors.js";
import { joinBytes } from "../join-bytes.js";
import { finish } from "../steps.js";

/** One step inflates to 4 MB at most, which takes some tens of milliseconds. */
const stepBytes = 4 * 1024;

/** The most bytes that one byte of deflate can stand for. */
export const LARGEST_RATIO = 1032;

/** zlib data, or gzip. */
type Format = typeof Unzlib | typeof Gunzip;
type Inflater = InstanceType<Format>;

/**
 * Inflates zlib data in small steps, between which it yields, and gives each part to `onPart`. Stops as soon as there is
 * more than `limit`: a few bytes can stand for gigabytes, but for no more than 1032 times a step at once.
 * @throws IMAGE_CORRUPT
 */
export function* inflateParts(
  compressed: readonly Uint8Array[],
  limit: number,
  onPart: (part: Uint8Array) => void,
  Format: Format = Unzlib,
): Generator<void, number> {
  let size = 0;
  const inflater = new Format((part: Uint8Array) => {
    size += part.length;
    if (size <= limit) onPart(part);
  });
  const last = compressed.length - 1;
  for (const [index, chunk] of compressed.entries()) {
    for (let at = 0; at === 0 || at < chunk.length; at += stepBytes) {
      const isLast = index === last && at + stepBytes >= chunk.length;
      push(inflater, chunk.subarray(at, at + stepBytes), isLast);
      if (size > limit) {
        throw imageError(
          "IMAGE_CORRUPT",
          `the PNG's compressed data holds more than the ${limit} bytes it should`,
          {
            limit,
          },
        );
      }
      yield;
    }
  }
  return size;
}

function push(inflater: Inflater, bytes: Uint8Array, isLast: boolean): void {
  try {
    inflater.push(bytes, isLast);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && typeof cause.code === "string") throw cause;
    throw imageError("IMAGE_CORRUPT", "the PNG's compressed data is broken", { cause });
  }
}

/** Inflates data of at most `limit` bytes into one array. Throws IMAGE_CORRUPT. */
export function inflateAtMost(compressed: Uint8Array, limit: number, format: Format = Unzlib): Uint8Array {
  const parts: Uint8Array[] = [];
  finish(inflateParts([compressed], limit, (part) => parts.push(part), format));
  return joinBytes(parts);
}
