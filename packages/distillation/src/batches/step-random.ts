import { TorchGenerator } from "@sunstep/tensor";

/**
 * The random numbers of one step. They depend on the run's seed and the step alone, so that a step can be repeated without
 * its predecessors.
 */
export class StepRandom {
  readonly #generator: TorchGenerator;

  constructor(seed: number, step: number) {
    // Torch's generators use 32 bits of the seed. Consecutive steps differ; runs with other seeds start far apart.
    this.#generator = new TorchGenerator((scramble(seed) + step) % 2 ** 32);
  }

  /** Draws uniformly from [0, 1). */
  uniform(): number {
    return this.#generator.randFloat64(1)[0]!;
  }

  /** Draws uniformly between two numbers. */
  between([lowest, highest]: readonly [number, number]): number {
    return lowest + (highest - lowest) * this.uniform();
  }

  /** Draws an integer from 0 to `count` - 1. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }

  permutation(count: number): Int32Array {
    return this.#generator.randperm(count);
  }

  /** Draws standard normal noise. */
  normal(count: number): Float32Array<ArrayBuffer> {
    return this.#generator.randn(count);
  }
}

/** Hashes both halves of a seed to 32 bits. */
function scramble(seed: number): number {
  return mix(mix(Math.floor(seed / 2 ** 32)) ^ (seed >>> 0));
}

/** The finalizer of MurmurHash3 (github.com/aappleby/smhasher): unsigned 32 bits. */
function mix(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
