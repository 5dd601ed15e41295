import type { RgbImage } from "@sunstep/image";
import type { NetworkName } from "../features/feature-network.js";
import type { FeatureStore } from "../features/feature-store.js";
import type { Prompt } from "../prompts/prompt.js";
import type { ImageStore } from "./image-store.js";
import { type ImageMaker, makeMissing } from "./make-missing.js";
import type { Sampler } from "./sampler.js";

/** One image per prompt, all made the same way. */
export interface ImageSet {
  readonly size: number;
  /** Features of every image by one network, computed where they are first asked for. */
  features(network: NetworkName): Promise<readonly Float32Array[]>;
  image(index: number): Promise<RgbImage>;
}

export type FeatureStores = Readonly<Record<NetworkName, FeatureStore>>;

/** Makes sets of images, or reuses those of an earlier run. */
export class Gallery {
  readonly #images: ImageStore;
  readonly #features: FeatureStores;
  readonly #log: (line: string) => void;

  constructor(images: ImageStore, features: FeatureStores, log: (line: string) => void) {
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
    const loaded = new Map<NetworkName, Promise<readonly Float32Array[]>>();
    const features = (network: NetworkName) => {
      if (!loaded.has(network)) loaded.set(network, this.#featuresOf(keys, network));
      return loaded.get(network)!;
    };
    return { size: keys.length, features, image };
  }

  async #featuresOf(keys: readonly string[], network: NetworkName): Promise<readonly Float32Array[]> {
    const features: Float32Array[] = [];
    for (const key of keys) {
      features.push(await this.#features[network].get(key, () => this.#images.get(key)));
    }
    return features;
  }
}
