import { TorchGenerator } from "@sunstep/tensor";

/** Seeded choices. The same seed and the same questions in the same order give the same answers. */
export class Random {
  readonly #generator: TorchGenerator;

  constructor(seed: number) {
    this.#generator = new TorchGenerator(seed);
  }

  /** 0 to 1, without 1. */
  uniform(): number {
    return this.#generator.randFloat64(1)[0]!;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.uniform() * from.length)]!;
  }

  shuffle<T>(values: readonly T[]): T[] {
    return [...this.#generator.randperm(values.length)].map((index) => values[index]!);
  }

  /** Mean 0, standard deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
