import type { CaptionEntry } from "../data/captions.js";
import type { Recipe } from "../recipe.js";
import type { StepRandom } from "./step-random.js";

/** An image to train on, with its prompt and negative prompt. */
export interface DrawnPrompts {
  /** Index of the image among the entries. */
  readonly index: number;
  readonly prompt: string;
  readonly negative: string;
}

/** Returns a function that draws an image by its weight, one of its captions, and a negative prompt by the recipe. */
export function promptDrawer(
  entries: readonly CaptionEntry[],
  { emptyPrompts, negatives, negativeBranch }: Pick<Recipe, "emptyPrompts" | "negatives" | "negativeBranch">,
): (random: StepRandom) => DrawnPrompts {
  const drawIndex = weightedIndex(entries.map(({ weight }) => weight));
  const allAttributes = [...new Set(entries.flatMap((entry) => entry.negatives))];

  const attributes = (own: readonly string[], random: StepRandom): string => {
    const isOwn = own.length > 0 && random.happens(negatives.ownAttributes);
    const from = isOwn ? own : allAttributes;
    const first = random.pick(from);
    const second = random.pick(from);
    return first === second || random.happens(0.5) ? first : `${first}, ${second}`;
  };

  const negativePrompt = (entry: CaptionEntry, random: StepRandom): string => {
    if (!negativeBranch || random.happens(negatives.empty)) return "";
    const { attributes: some, captions } = negatives;
    if (allAttributes.length > 0 && random.happens(some / (some + captions)))
      return attributes(entry.negatives, random);
    return random.pick(entries[drawIndex(random)]!.captions);
  };

  return (random) => {
    const index = drawIndex(random);
    const entry = entries[index]!;
    const prompt = random.happens(emptyPrompts) ? "" : random.pick(entry.captions);
    return { index, prompt, negative: negativePrompt(entry, random) };
  };
}

/** Returns a function that draws an index with a probability proportional to its weight. */
function weightedIndex(weights: readonly number[]): (random: StepRandom) => number {
  let total = 0;
  const ends = Float64Array.from(weights, (weight) => {
    total += weight;
    return total;
  });
  return (random) => {
    const at = random.uniform() * total;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
