import { TorchGenerator } from "@sunstep/tensor";

/**
 * Cards of a seeded deck, dealt for ever: every value comes once before any comes again. Combinations dealt from
 * decks of different lengths are spread evenly.
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
