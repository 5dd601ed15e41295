import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@sunstep/checkpoint";
import { tensor } from "@sunstep/tensor";
import { type Icons, SIZE } from "./render.js";

/**
 * Writes `SET.safetensors` with `drawings`, uint8 [icons, 128, 128, 4], straight RGBA: all that the set has, for
 * training an autoencoder. Returns how many they are.
 */
export async function writeDrawings(folder: string, icons: Icons): Promise<number> {
  const drawings: Uint8Array[] = [];
  for (const name of icons.names) {
    const drawing = await icons.render(name);
    if (drawing !== undefined) drawings.push(drawing.data);
  }
  await mkdir(folder, { recursive: true });
  const all = new Uint8Array(Buffer.concat(drawings));
  const file = writeSafetensors({ drawings: tensor(all, [drawings.length, SIZE, SIZE, 4], "uint8") });
  await writeFile(join(folder, `${icons.set}.safetensors`), file);
  return drawings.length;
}
