import type { RgbImage } from "@sunstep/image";
import type { FeatureStore } from "../features/feature-store.js";
import type { Prompt } from "../prompts/prompt.js";
import { makeMissing, type PictureMaker } from "./make-missing.js";
import type { PictureStore } from "./picture-store.js";
import type { Sampler } from "./sampler.js";

/** One picture for each prompt, all made alike, with their features. */
export interface PictureSet {
  readonly features: readonly Float32Array[];
  image(index: number): Promise<RgbImage>;
}

/** Makes sets of pictures, or finds those that an earlier run made. */
export class Gallery {
  readonly #pictures: PictureStore;
  readonly #features: FeatureStore;
  readonly #log: (line: string) => void;

  constructor(pictures: PictureStore, features: FeatureStore, log: (line: string) => void) {
    this.#pictures = pictures;
    this.#features = features;
    this.#log = log;
  }

  async collect(
    name: string,
    makers: readonly PictureMaker[],
    sampler: Sampler,
    prompts: readonly Prompt[],
  ): Promise<PictureSet> {
    const began = performance.now();
    const keys = await makeMissing(makers, this.#pictures, sampler, prompts, (done, total) => {
      const seconds = (performance.now() - began) / 1000;
      if (done % 64 === 0 || done === total) {
        this.#log(`${name}: ${done} of ${total} pictures, ${(seconds / done).toFixed(2)} s each`);
      }
    });
    const image = (index: number) => this.#pictures.get(keys[index]!);
    const features: Float32Array[] = [];
    for (const [index, key] of keys.entries())
      features.push(await this.#features.get(key, () => image(index)));
    return { features, image };
  }
}
