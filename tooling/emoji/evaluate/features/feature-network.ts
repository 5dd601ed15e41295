// The two networks whose features compare images: one of photographs, which sees pixels, and one of emoji, which sees latents.
import type { RgbImage } from "@sunstep/image";

/** A network, by the data that it was trained on. */
export type NetworkName = "ImageNet" | "latents";

export const NETWORKS: readonly NetworkName[] = ["ImageNet", "latents"];

export interface FeatureNetwork {
  /** Version that changes whenever features of the same image change. */
  readonly version: string;
  /** The layers' channels, averaged over the image, one layer after the other. */
  features(image: RgbImage): Promise<Float32Array>;
}

/** Channels of the two layers of a vector of features: one in the middle, and the last. */
export const BLOCK_SIZES: Readonly<Record<NetworkName, readonly number[]>> = {
  ImageNet: [384, 1280],
  latents: [64, 128],
};
