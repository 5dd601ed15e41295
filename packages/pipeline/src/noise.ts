import { TorchGenerator } from "@sunstep/tensor";

/** Draws unit Gaussian noise for a batch of latents, [batch, ...], flat. */
export type NoiseSource = () => Float32Array;

/**
 * Noise as diffusers' `randn_tensor` draws it on the CPU: one generator fills the whole batch at once, a list of
 * generators fills one picture each. Same seeds, same pictures as diffusers.
 */
export function noiseSource(seeds: readonly (number | bigint)[], batch: number, size: number): NoiseSource {
  const generators = seeds.map((seed) => new TorchGenerator(seed));
  const [only] = generators;
  if (generators.length === 1 && only) return () => only.randn(batch * size);
  return () => {
    const noise = new Float32Array(batch * size);
    for (const [i, generator] of generators.entries()) noise.set(generator.randn(size), i * size);
    return noise;
  };
}
