import type { BlobStore } from "@sunstep/jobs";
import type { GenerateOptions, StableDiffusion } from "sunstep";
import type { PaintControl } from "./paint-input.js";
import { fitTo, type Size } from "./pixels.js";
import { readBlob } from "./read-blob.js";

/** Loads the ControlNets of a request, and frees those that it does not name. `pathOf`: a listed ControlNet's path. */
export async function loadControls(
  model: StableDiffusion,
  controls: readonly PaintControl[],
  pathOf: (name: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(controls.map(({ controlnet }) => controlnet));
  for (const name of model.controlnets) if (!wanted.has(name)) await model.unloadControlNet(name);
  for (const name of wanted) {
    if (!model.controlnets.includes(name)) await model.loadControlNet(pathOf(name), { name, signal });
  }
}

/** Reads the images of controls, at the size of the request. @throws RESULT_MISSING, IMAGE_ENCODING */
export async function controlOptions(
  controls: readonly PaintControl[],
  size: Size,
  blobs: BlobStore,
): Promise<Pick<GenerateOptions, "controls">> {
  if (controls.length === 0) return {};
  return {
    controls: await Promise.all(
      controls.map(async ({ controlnet, blob, resize, scale, start, end }) => {
        const image = await fitTo(await readBlob(blobs, blob), size, resize);
        return { controlnet, image, scale, start, end };
      }),
    ),
  };
}
