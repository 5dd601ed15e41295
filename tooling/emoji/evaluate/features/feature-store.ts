import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RgbImage } from "@sunstep/image";

/** Features of images, kept beside the images under the same keys. */
export class FeatureStore {
  /** The network's name and version. */
  readonly network: string;
  readonly #folder: string;
  readonly #features: (image: RgbImage) => Promise<Float32Array>;

  /** `network` names the source of `features`; each network has a folder. */
  constructor(folder: string, network: string, features: (image: RgbImage) => Promise<Float32Array>) {
    this.network = network;
    this.#folder = join(folder, network.replaceAll(/[^\w.-]+/g, "-"));
    this.#features = features;
  }

  /** Computes missing features. */
  async get(key: string, image: () => Promise<RgbImage>): Promise<Float32Array> {
    const path = join(this.#folder, key.slice(0, 2), `${key.slice(2)}.f32`);
    if (existsSync(path)) {
      const { buffer, byteOffset, byteLength } = await readFile(path);
      return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    }
    const features = await this.#features(await image());
    const partial = `${path}.${process.pid}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, features);
    await rename(partial, path);
    return features;
  }
}
