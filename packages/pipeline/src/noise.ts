import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";

/** Draws unit Gaussian noise for a batch of latents, [batch, ...], flat. */
export type NoiseSource = () => Float32Array;

/** The generator of random numbers: torch's on the CPU (diffusers, ComfyUI) or on an NVIDIA GPU (AUTOMATIC1111). */
export type RandomSource = "cpu" | "cuda";

const generators = { cpu: TorchGenerator, cuda: PhiloxGenerator } as const;

/**
 * Draws noise as diffusers' `randn_tensor`: a single generator fills the whole batch at once, a list of generators fills
 * one image each. The same seeds give the same images as in Python.
 */
export function noiseSource(
  seeds: readonly (number | bigint)[],
  batch: number,
  size: number,
  source: RandomSource = "cpu",
): NoiseSource {
  const drawing = seeds.map((seed) => new generators[source](seed));
  const [only] = drawing;
  if (drawing.length === 1 && only) return () => only.randn(batch * size);
  return () => {
    const noise = new Float32Array(batch * size);
    for (const [i, generator] of drawing.entries()) noise.set(generator.randn(size), i * size);
    return noise;
  };
}
