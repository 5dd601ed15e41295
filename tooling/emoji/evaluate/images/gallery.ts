import type { RgbImage } from "@sunstep/image";
import type { FeatureStore } from "../features/feature-store.js";
import type { Prompt } from "../prompts/prompt.js";
import type { ImageStore } from "./image-store.js";
import { type ImageMaker, makeMissing } from "./make-missing.js";
import type { Sampler } from "./sampler.js";

/** One image per prompt, all made the same way, with their features. */
export interface ImageSet {
  readonly features: readonly Float32Array[];
  image(index: number): Promise<RgbImage>;
}

/** Makes sets of images, or reuses those of an earlier run. */
export class Gallery {
  readonly #images: ImageStore;
  readonly #features: FeatureStore;
  readonly #log: (line: string) => void;

  constructor(images: ImageStore, features: FeatureStore, log: (line: string) => void) {
    this.#images = images;
    this.#features = features;
    this.#log = log;
  }

  async collect(
    name: string,
    makers: readonly ImageMaker[],
    sampler: Sampler,
    prompts: readonly Prompt[],
  ): Promise<ImageSet> {
    const began = performance.now();
    const keys = await makeMissing(makers, this.#images, sampler, prompts, (done, total) => {
      const seconds = (performance.now() - began) / 1000;
      if (done % 64 === 0 || done === total) {
        this.#log(`${name}: ${done} of ${total} images, ${(seconds / done).toFixed(2)} s each`);
      }
    });
    const image = (index: number) => this.#images.get(keys[index]!);
    const features: Float32Array[] = [];
    for (const [index, key] of keys.entries())
      features.push(await this.#features.get(key, () => image(index)));
    return { features, image };
  }
}
