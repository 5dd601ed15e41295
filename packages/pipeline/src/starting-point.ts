import type { Schedule } from "@sunstep/scheduler";
import type { Autoencoder, Picture } from "./autoencoder.js";
import { blend, joinChannels, repeat, sampleLatents } from "./latents.js";
import type { NoiseSource } from "./noise.js";

/** Where denoising starts, and what inpainting does around each of its steps. */
export interface StartingPoint {
  /** [batch, channels, height, width], flat. */
  readonly latents: Float32Array;
  /** What the network is given for scaled latents: a 9-channel one gets mask and masked picture as well. */
  networkInput(scaled: Float32Array): Float32Array;
  /** Latents after step `index`: a 4-channel network's are put back to the picture outside the mask. */
  afterStep(latents: Float32Array, index: number): Float32Array;
}

const unchanged = {
  networkInput: (scaled: Float32Array) => scaled,
  afterStep: (latents: Float32Array) => latents,
};

export function textToImage(schedule: Schedule, noise: NoiseSource): StartingPoint {
  return { latents: noise().map((value) => value * schedule.initNoiseSigma), ...unchanged };
}

export interface PictureStart {
  readonly picture: Picture;
  readonly strength: number;
  readonly batch: number;
  readonly schedule: Schedule;
  readonly noise: NoiseSource;
  readonly autoencoder: Autoencoder;
}

/**
 * Image-to-image (Meng et al. 2021, SDEdit, arXiv 2108.01073). Draws as diffusers: the VAE's posterior, then the
 * latents' noise.
 */
export async function imageToImage({
  picture,
  batch,
  schedule,
  noise,
  autoencoder,
}: PictureStart): Promise<StartingPoint> {
  const original = await encodeBatch(picture, batch, noise, autoencoder);
  return { latents: schedule.addNoise(original, noise(), 0), ...unchanged };
}

export interface InpaintStart extends PictureStart {
  /** 1 where the picture is painted anew: [height, width] of the picture, and of its latents. */
  readonly mask: Float32Array;
  readonly latentMask: Float32Array;
  /** The network has inputs for the mask and the masked picture (9 channels). */
  readonly masksInNetwork: boolean;
}

/**
 * Inpainting, in the order of draws of diffusers' StableDiffusionInpaintPipeline: the picture's posterior (where it
 * is needed), the latents' noise, the masked picture's posterior.
 */
export async function inpaint(start: InpaintStart): Promise<StartingPoint> {
  const { picture, mask, latentMask, strength, batch, schedule, noise, autoencoder, masksInNetwork } = start;
  const fromNoise = strength === 1;
  const original =
    masksInNetwork && fromNoise ? undefined : await encodeBatch(picture, batch, noise, autoencoder);
  const drawn = noise();
  const latents =
    fromNoise || !original
      ? drawn.map((value) => value * schedule.initNoiseSigma)
      : schedule.addNoise(original, drawn, 0);
  const kept = {
    ...picture,
    data: picture.data.map((value, i) => (mask[i % mask.length]! < 0.5 ? value : 0)),
  };
  const maskedLatents = await encodeBatch(kept, batch, noise, autoencoder);
  if (masksInNetwork || !original) {
    const masks = repeat(latentMask, batch);
    return {
      latents,
      networkInput: (scaled) => joinChannels(batch, [scaled, masks, maskedLatents]),
      afterStep: unchanged.afterStep,
    };
  }
  return {
    latents,
    networkInput: unchanged.networkInput,
    afterStep: (stepped, index) => {
      const last = index === schedule.timesteps.length - 1;
      return blend(last ? original : schedule.addNoise(original, drawn, index + 1), stepped, latentMask);
    },
  };
}

/** One encoding; each picture of the batch gets its own sample of it. */
async function encodeBatch(
  picture: Picture,
  batch: number,
  noise: NoiseSource,
  autoencoder: Autoencoder,
): Promise<Float32Array> {
  const { mean, logVariance } = await autoencoder.distribution(picture);
  return sampleLatents(repeat(mean, batch), repeat(logVariance, batch), noise(), autoencoder.scalingFactor);
}
