// The prompts that images are compared on: common concepts first, with colour, style, background and negative
// prompt varied evenly. Lists of different lengths begin alike, so that a shorter run reuses a longer one's images.
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

/** What a negative prompt names; half of them are empty. */
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
      unrelated: () => caption({ thing: other(unrelated, concept), article: true }),
    };
    return {
      caption: caption({
        thing,
        colour,
        article: hasArticle(),
        background,
        additions: style === undefined ? [] : [style],
      }),
      negative: negatives[nextNegative()](),
      seed,
    };
  });
}

/** The next card that is not what the caption itself asks for. */
function other<T>(next: () => T, asked: T | undefined): T {
  let card = next();
  while (card === asked) card = next();
  return card;
}
