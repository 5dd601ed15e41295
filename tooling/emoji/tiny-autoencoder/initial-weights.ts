import { elementCount, TorchGenerator } from "@sunstep/tensor";
import type { Layer } from "./layers.js";
import type { TinyNetwork } from "./tiny-network.js";

/** Taps of a kernel. */
const TAPS = 9;

/** Size of random weights, relative to the one that preserves activations through ReLUs (He et al. 2015, arXiv 1502.01852). */
const shares: Readonly<Record<Layer["role"], number>> = {
  features: 1,
  "block end": 0.1,
  resize: 0.2,
  "latents in": 1,
  "image out": 0.1,
  "latents out": 0.1,
};

/**
 * Returns initial weights: blocks do nearly nothing, convolutions between two sizes are nearly the identity, and the
 * decoder's first passes latents and their negatives through its ReLU. The decoder's last layer then sees all latents from
 * the first step on; with random weights it sees one mixture of them and learns grey images first.
 */
export function initialWeights({ placed, source }: TinyNetwork, seed: number): Float32Array {
  const vector = new Float32Array(source.size / 4);
  const random = new TorchGenerator(seed);
  for (const { shape, offset, layer } of placed) {
    const { inputs, outputs, role } = layer;
    const weights = vector.subarray(offset / 4, offset / 4 + elementCount(shape));
    if (shape.length === 1) {
      // Mid-grey, where black is 0 and white is 1.
      if (role === "image out") weights.fill(0.5);
      continue;
    }
    const deviation = shares[role] * Math.sqrt(2 / (TAPS * inputs));
    weights.set(random.randn(weights.length).map((value) => deviation * value));
    const kernel = (output: number, input: number) => (output * inputs + input) * TAPS;
    const middle = TAPS >> 1;
    if (role === "resize") for (let i = 0; i < outputs; i++) weights[kernel(i, i) + middle]! += 1;
    if (role !== "latents in") continue;
    for (let i = 0; i < Math.min(2 * inputs, outputs); i++) {
      weights.fill(0, kernel(i, 0), kernel(i + 1, 0));
      weights[kernel(i, i >> 1) + middle] = i % 2 === 0 ? 1 : -1;
    }
  }
  return vector;
}
