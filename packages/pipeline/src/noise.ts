import { PhiloxGenerator, TorchGenerator } from "@sunstep/tensor";

/** Draws unit Gaussian noise for a batch of latents, [batch, ...], flat. */
export type NoiseSource = () => Float32Array;

/** Whose random numbers: torch's on the CPU (diffusers, ComfyUI) or on an NVIDIA GPU (AUTOMATIC1111's default). */
export type RandomSource = "cpu" | "cuda";

const generators = { cpu: TorchGenerator, cuda: PhiloxGenerator } as const;

/**
 * Noise as diffusers' `randn_tensor` draws it: one generator fills the whole batch at once, a list of generators fills
 * one picture each. Same seeds, same pictures as in Python.
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
