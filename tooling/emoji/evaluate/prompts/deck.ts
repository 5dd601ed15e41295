import { TorchGenerator } from "@sunstep/tensor";

/**
 * Deals the cards of a seeded deck endlessly: every value appears once before any repeats. Combinations dealt from decks of
 * different lengths are spread evenly.
 */
export function deck<T>(values: readonly T[], seed: number): () => T {
  const random = new TorchGenerator(seed);
  let cards: T[] = [];
  return () => {
    if (cards.length === 0)
      cards = [...random.randperm(values.length)].map((index) => values[Number(index)]!);
    return cards.pop()!;
  };
}
