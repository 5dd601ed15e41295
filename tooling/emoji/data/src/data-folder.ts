import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@sunstep/checkpoint";
import { encodeFloat16, tensor } from "@sunstep/tensor";
import type { Latents } from "./encode.js";
import type { PlannedImage } from "./plan.js";

/** A line of `captions.jsonl`. */
export type CaptionLine = Pick<PlannedImage, "concept" | "captions" | "negatives" | "weight">;

/** `latents.safetensors` with `latents` in float16, and `captions.jsonl` with a line for each of them. */
export async function writeDataFolder(
  folder: string,
  latents: Latents,
  lines: readonly CaptionLine[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = writeSafetensors({ latents: tensor(encodeFloat16(latents.data), latents.shape, "float16") });
  await writeFile(join(folder, "latents.safetensors"), file);
  await writeFile(join(folder, "captions.jsonl"), lines.map(captionLine).join(""));
}

const captionLine = ({ concept, captions, negatives, weight }: CaptionLine) =>
  `${JSON.stringify({ concept, captions, negatives, weight })}\n`;
