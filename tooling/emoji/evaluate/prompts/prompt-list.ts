// The prompts of the comparisons: common concepts first; colour, style, background and negative prompt vary evenly. A
// shorter list is a prefix of a longer one, so that runs of different lengths share images.
import {
  BACKGROUND_NAMES,
  COLOURS,
  COMMON_CONCEPTS,
  COMMON_NAMES,
  CONCEPTS,
  caption,
  STYLES,
} from "@sunstep/emoji-data";
import { deck } from "./deck.js";
import { OWN_COLOURS } from "./own-colours.js";
import type { Prompt } from "./prompt.js";

const common = [...COMMON_CONCEPTS].sort();
const rare = CONCEPTS.filter((concept) => !COMMON_CONCEPTS.includes(concept)).sort();

/** Kinds of negative prompts; half of them are empty. */
type NegativeKind = "none" | "colour" | "style" | "background" | "unrelated";

/** Makes the first `count` prompts; prompt i has seed i. */
export function promptList(count: number): Prompt[] {
  const isCommon = deck([true, true, true, true, false], 1);
  const nextCommon = deck(common, 2);
  const nextRare = deck(rare, 3);
  const namesColour = deck([true, true, false], 4);
  const nextColour = deck(COLOURS, 5);
  const nextStyle = deck([undefined, ...STYLES], 6);
  const namesBackground = deck([true, false], 7);
  const nextBackground = deck(BACKGROUND_NAMES, 8);
  const usesCommonName = deck([true, false, false], 9);
  const hasArticle = deck([true, false], 10);
  const none: NegativeKind[] = ["none", "none", "none", "none"];
  const nextNegative = deck<NegativeKind>([...none, "colour", "style", "background", "unrelated"], 11);
  const negativeColour = deck(COLOURS, 12);
  const negativeStyle = deck(STYLES, 13);
  const negativeBackground = deck(BACKGROUND_NAMES, 14);
  const unrelated = deck(common, 15);

  return Array.from({ length: count }, (_, seed) => {
    const concept = isCommon() ? nextCommon() : nextRare();
    const colour = OWN_COLOURS.has(concept) && namesColour() ? nextColour() : undefined;
    const style = nextStyle();
    const background = namesBackground() ? nextBackground() : undefined;
    const thing = usesCommonName() ? (COMMON_NAMES[concept] ?? concept) : concept;
    const negatives: Readonly<Record<NegativeKind, () => string>> = {
      none: () => "",
      colour: () => other(negativeColour, colour),
      style: () => other(negativeStyle, style),
      background: () => `${other(negativeBackground, background)} background`,
      unrelated: () => caption({ thing: other(unrelated, concept), article: "a" }),
    };
    return {
      caption: caption({
        thing,
        colour,
        article: hasArticle() ? "a" : undefined,
        background,
        additions: style === undefined ? [] : [style],
      }),
      negative: negatives[nextNegative()](),
      seed,
    };
  });
}

/** Deals the next card that the caption does not ask for. */
function other<T>(next: () => T, asked: T | undefined): T {
  let card = next();
  while (card === asked) card = next();
  return card;
}
