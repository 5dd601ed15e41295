import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";
import { concatenate } from "../prompts/concatenate.js";
import { repeat } from "./latents.js";

/** Unit Gaussian noise for the images of a batch. Both draws go on with the same generators. */
export interface NoiseSource {
  /** Draws for latents that each image has by itself: [batch, ...], flat. */
  draw(): Float32Array;
  /** Draws for the encoding of an image that all images start from: [batch, ...], flat. A single seed gives all the same. */
  drawShared(): Float32Array;
}

/** The generator of random numbers: torch's on the CPU (diffusers, ComfyUI) or on an NVIDIA GPU (AUTOMATIC1111). */
export type RandomSource = "cpu" | "cuda";

const generators = { cpu: TorchGenerator, cuda: PhiloxGenerator } as const;

/**
 * Draws noise as diffusers: a single generator fills the whole batch at once (`randn_tensor`) and samples the encoding of
 * an image once (`prepare_latents`); a list of generators does both for one image each. The same seeds give the same
 * images as in Python. `size` is the number of elements of one image's latents.
 */
export function noiseSource(
  seeds: readonly (number | bigint)[],
  batch: number,
  size: number,
  source: RandomSource = "cpu",
): NoiseSource {
  const drawing = seeds.map((seed) => new generators[source](seed));
  const [only] = drawing;
  if (drawing.length === 1 && only) {
    return { draw: () => only.randn(batch * size), drawShared: () => repeat(only.randn(size), batch) };
  }
  const draw = () => concatenate(drawing.map((generator) => generator.randn(size)));
  return { draw, drawShared: draw };
}
