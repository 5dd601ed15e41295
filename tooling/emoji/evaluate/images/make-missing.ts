import type { RgbImage } from "@sunstep/image";
import type { Prompt } from "../prompts/prompt.js";
import type { ImageStore } from "./image-store.js";
import { type ModelIdentity, recipeKey } from "./recipe.js";
import type { Sampler } from "./sampler.js";

/** Images that go through the U-Net at once. */
const BATCH = 8;

/** What makes images: a `Studio`, or a stand-in for tests. */
export interface ImageMaker {
  readonly identity: ModelIdentity;
  make(prompts: readonly Prompt[], sampler: Sampler): Promise<readonly RgbImage[]>;
}

/**
 * Makes the images that the store lacks, batch by batch on whichever maker is free; all makers are alike. Returns
 * the keys of all. Calls `onProgress` with how many were made, of how many.
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
  // A short last batch is filled up, since a graph is made for one size.
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
