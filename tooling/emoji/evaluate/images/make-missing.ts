import type { RgbImage } from "@sunstep/image";
import type { Prompt } from "../prompts/prompt.js";
import type { ImageStore } from "./image-store.js";
import { type ModelIdentity, recipeKey } from "./recipe.js";
import type { Sampler } from "./sampler.js";

/** Images per batch of the U-Net. */
const BATCH = 8;

/** Makes images: a `Studio`, or a fake in tests. */
export interface ImageMaker {
  readonly identity: ModelIdentity;
  make(prompts: readonly Prompt[], sampler: Sampler): Promise<readonly RgbImage[]>;
}

/**
 * Makes the images that the store lacks, batch by batch on any free maker; all makers are equal. Returns the keys of all
 * images. Calls `onProgress` with the number made and the total.
 */
export async function makeMissing(
  makers: readonly ImageMaker[],
  store: ImageStore,
  sampler: Sampler,
  prompts: readonly Prompt[],
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly string[]> {
  const { identity } = makers[0]!;
  const key = (prompt: Prompt) => recipeKey({ ...prompt, identity, sampler });
  const missing = prompts.filter((prompt) => !store.has(key(prompt)));
  // Pads a short last batch, since a graph has one size.
  const size = Math.min(BATCH, prompts.length);
  const batches = Array.from({ length: Math.ceil(missing.length / size) }, (_, i) =>
    missing.slice(i * size, (i + 1) * size),
  ).values();
  let done = 0;
  const work = async (maker: ImageMaker) => {
    for (const batch of batches) {
      const filled = Array.from({ length: size }, (_, i) => batch[i % batch.length]!);
      const images = await maker.make(filled, sampler);
      await Promise.all(batch.map((prompt, i) => store.put(key(prompt), images[i]!)));
      done += batch.length;
      onProgress(done, missing.length);
    }
  };
  await Promise.all(makers.map(work));
  return prompts.map(key);
}
