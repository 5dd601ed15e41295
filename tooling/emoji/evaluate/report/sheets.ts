// Contact sheets: the same prompt and seed side by side, made in different ways.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contactSheet, encodePng, type RgbImage, resize } from "@sunstep/image";
import { CEILING, type ModelSets, SUN } from "../claims/model-sets.js";
import type { ImageSet } from "../images/gallery.js";

/** Prompts on a sheet, and prompts per row. */
const PROMPTS = 48;
const ACROSS = 4;

/** From left to right: 25 guided steps, 4 with SUN, 4 guided, 4 unguided; missing sets are left out. */
export function writeModelSheet(folder: string, model: string, sets: ModelSets): Promise<void> {
  return writeSheet(folder, model, stepsBeside(sets));
}

/** Returns the first eight prompts of that sheet, two per row, as PNG. */
export async function smallModelSheet(sets: ModelSets): Promise<Uint8Array> {
  return encodePng(await sheet(stepsBeside(sets), 8, 2));
}

function stepsBeside({ reference, sets }: ModelSets): ImageSet[] {
  const names = [SUN, "4 guided DPM-Solver++", CEILING];
  return [reference, ...names.flatMap((name) => sets[name] ?? [])];
}

/** Returns the first 24 prompts in float32, each beside its image in 8 bits, at 3/8 of the size, as PNG. */
export async function int8Sheet(float32: ImageSet, int8: ImageSet): Promise<Uint8Array> {
  const image = await sheet([float32, int8], 24, 6);
  return encodePng(resize(image, (image.width * 3) / 8, (image.height * 3) / 8));
}

/** 25 guided steps without and with the LoRA, then 4 of SUN with it. */
export function writeLoraSheet(
  folder: string,
  { reference }: ModelSets,
  guided: ImageSet,
  sun: ImageSet,
): Promise<void> {
  return writeSheet(folder, "lora", [reference, guided, sun]);
}

async function writeSheet(folder: string, name: string, sets: readonly ImageSet[]): Promise<void> {
  const image = await sheet(sets, PROMPTS, ACROSS);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), encodePng(image));
}

/** Returns the first `prompts` of all sets, `across` per row. */
async function sheet(sets: readonly ImageSet[], prompts: number, across: number): Promise<RgbImage> {
  const count = Math.min(prompts, sets[0]!.size);
  const images = await Promise.all(
    Array.from({ length: count }, (_, index) => sets.map((set) => set.image(index))).flat(),
  );
  return contactSheet(images, across * sets.length);
}
