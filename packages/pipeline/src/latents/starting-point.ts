import type { Schedule } from "@sunstep/scheduler";
import type { Enlarged } from "../hires/hires-options.js";
import { concatenate } from "../prompts/concatenate.js";
import type { Request } from "../request/request.js";
import type { Run } from "../run.js";
import type { Autoencoder } from "./autoencoder.js";
import { type ImagePlanes, toLatentMask, toMask, toPlanes } from "./images.js";
import { blend, joinChannels, repeat, sampleLatents } from "./latents.js";
import type { NoiseSource } from "./noise.js";

/** The latents that denoising starts from, and what inpainting does around each step. */
export interface StartingPoint {
  /** [batch, channels, height, width], flat. */
  readonly latents: Float32Array;
  /** Completes scaled latents to the network's input: a 9-channel network also takes the mask and the masked image. */
  networkInput(scaled: Float32Array): Float32Array;
  /** Returns the latents after step `index`: those of a 4-channel network are put back to the image outside the mask. */
  afterStep(latents: Float32Array, index: number): Float32Array;
}

export interface StartOptions {
  readonly schedule: Schedule;
  readonly noise: NoiseSource;
  readonly autoencoder: Autoencoder;
  /** Input channels of the U-Net: more than the latents have where it takes a mask. */
  readonly unetChannels: number;
  /** The result of a first run, in place of the request's image. */
  readonly enlarged?: Enlarged | undefined;
}

const unchanged = {
  networkInput: (scaled: Float32Array) => scaled,
  afterStep: (latents: Float32Array) => latents,
};

/** Starts text-to-image, image-to-image or inpainting, as the request says. */
export async function startingPoint(
  request: Request,
  options: StartOptions,
  run: Run,
): Promise<StartingPoint> {
  const { image, mask, width, height } = request;
  const { schedule, noise, autoencoder, enlarged } = options;
  if (enlarged) return fromEnlarged(enlarged, request, options, run);
  const masksInNetwork = options.unetChannels > autoencoder.latentChannels;
  if (!image && !masksInNetwork) return textToImage(schedule, noise);
  const start: ImageStart = { ...options, request, run, planes: toPlanes(image, width, height) };
  return run.stage("encode-image", () => {
    if (!mask && !masksInNetwork) return imageToImage(start);
    // An inpainting network without a mask paints everything anew.
    return inpaint({ ...start, mask: toMask(mask, image, width, height), masksInNetwork });
  });
}

function textToImage(schedule: Schedule, noise: NoiseSource): StartingPoint {
  return { latents: noise.draw().map((value) => value * schedule.initNoiseSigma), ...unchanged };
}

/** Image-to-image from the images of a first run, one each. */
async function fromEnlarged(
  { latents, images }: Enlarged,
  { width, height, vaeTiling }: Request,
  { schedule, noise, autoencoder }: StartOptions,
  run: Run,
): Promise<StartingPoint> {
  const noisy = (original: Float32Array): StartingPoint => ({
    latents: schedule.addNoise(original, noise.draw(), 0),
    ...unchanged,
  });
  if (latents) return noisy(latents);
  return run.stage("encode-image", async () => {
    const means: Float32Array[] = [];
    const logVariances: Float32Array[] = [];
    for (const image of images) {
      const encoded = await autoencoder.distribution(toPlanes(image, width, height), vaeTiling, run);
      means.push(encoded.mean);
      logVariances.push(encoded.logVariance);
    }
    const drawn = noise.drawShared();
    return noisy(
      sampleLatents(concatenate(means), concatenate(logVariances), drawn, autoencoder.scalingFactor),
    );
  });
}

interface ImageStart extends StartOptions {
  readonly request: Request;
  readonly run: Run;
  readonly planes: ImagePlanes;
}

/**
 * Image-to-image (Meng et al. 2021, SDEdit, arXiv 2108.01073). Draws as diffusers: the VAE's posterior, then the noise of
 * the latents.
 */
async function imageToImage(start: ImageStart): Promise<StartingPoint> {
  const original = await encodeBatch(start.planes, start);
  return { latents: start.schedule.addNoise(original, start.noise.draw(), 0), ...unchanged };
}

interface InpaintStart extends ImageStart {
  /** 1 where the image is painted anew, [height, width]. */
  readonly mask: Float32Array;
  /** True for a network with 9 channels, which takes the mask and the masked image. */
  readonly masksInNetwork: boolean;
}

/**
 * Inpainting, in the order of draws of diffusers' StableDiffusionInpaintPipeline: the image's posterior (where it is
 * needed), the noise of the latents, the masked image's posterior.
 */
async function inpaint(start: InpaintStart): Promise<StartingPoint> {
  const { planes, mask, request, schedule, noise, masksInNetwork } = start;
  const { batch, strength, width, height } = request;
  const fromNoise = strength === 1;
  const original = masksInNetwork && fromNoise ? undefined : await encodeBatch(planes, start);
  const drawn = noise.draw();
  const latents =
    fromNoise || !original
      ? drawn.map((value) => value * schedule.initNoiseSigma)
      : schedule.addNoise(original, drawn, 0);
  const kept = {
    ...planes,
    data: planes.data.map((value, i) => (mask[i % mask.length]! < 0.5 ? value : 0)),
  };
  const maskedLatents = await encodeBatch(kept, start);
  const latentMask = toLatentMask(mask, width, height, start.autoencoder.scaleFactor, request.maskReduction);
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

/** Encodes an image once, and samples the distribution for the batch. */
async function encodeBatch(
  planes: ImagePlanes,
  { request: { batch, vaeTiling }, noise, autoencoder, run }: ImageStart,
): Promise<Float32Array> {
  const { mean, logVariance } = await autoencoder.distribution(planes, vaeTiling, run);
  const drawn = noise.drawShared();
  return sampleLatents(repeat(mean, batch), repeat(logVariance, batch), drawn, autoencoder.scalingFactor);
}
