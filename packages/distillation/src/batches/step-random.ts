import { TorchGenerator } from "@sunstep/tensor";

/**
 * The random numbers of one step. They depend on the run's seed and the step only, so any step can be made again
 * without those before it.
 */
export class StepRandom {
  readonly #generator: TorchGenerator;

  constructor(seed: number, step: number) {
    // Torch's generators look at 32 bits. Consecutive steps get different ones; runs start far apart.
    this.#generator = new TorchGenerator((scramble(seed) + step) % 2 ** 32);
  }

  /** Even over [0, 1). */
  uniform(): number {
    return this.#generator.randFloat64(1)[0]!;
  }

  /** Even between two numbers. */
  between([lowest, highest]: readonly [number, number]): number {
    return lowest + (highest - lowest) * this.uniform();
  }

  /** A whole number from 0 to below `count`. */
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

  /** Unit Gaussian noise. */
  normal(count: number): Float32Array<ArrayBuffer> {
    return this.#generator.randn(count);
  }
}

/** Both halves of a seed in 32 bits. */
function scramble(seed: number): number {
  return mix(mix(Math.floor(seed / 2 ** 32)) ^ (seed >>> 0));
}

/** The finalizer of MurmurHash3 (github.com/aappleby/smhasher): unsigned 32 bits. */
function mix(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
