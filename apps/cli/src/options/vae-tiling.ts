import { usageError } from "@sunstep/command-line";
import type { GenerateOptions } from "sunstep";

const words = { auto: "auto", on: true, off: false } as const;

/**
 * Reads `--vae-tiling`: auto, on, off, or TILE or TILE:OVERLAP in pixels.
 * @throws USAGE
 */
export function readVaeTiling(text: string): NonNullable<GenerateOptions["vaeTiling"]> {
  if (Object.hasOwn(words, text)) return words[text as keyof typeof words];
  const [, tile, overlap] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (tile === undefined) {
    throw usageError(
      `vae-tiling ${JSON.stringify(text)}: it must be auto, on, off, or a tile's side in pixels and its overlap, as in 512:64`,
    );
  }
  return { tile: Number(tile), ...(overlap !== undefined && { overlap: Number(overlap) }) };
}
