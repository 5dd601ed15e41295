// Prompts that measure the effect of negative prompts: things in their own colour and no particular style, on the default
// white ground.
import { COMMON_CONCEPTS, type Colour, caption, kindOf, STYLES } from "@sunstep/emoji-data";
import { deck } from "./deck.js";
import { OWN_COLOURS } from "./own-colours.js";

/** A caption, a negative prompt that names an attribute of the image, and an unrelated one. */
export interface NegativePair {
  readonly caption: string;
  readonly seed: number;
  readonly attribute:
    | { readonly kind: "colour"; readonly colour: Colour }
    | { readonly kind: "style"; readonly style: string };
  readonly negative: string;
  readonly unrelated: string;
}

/**
 * First seed. It differs from the seeds of the prompt list and from those of the pairs (100,000 onwards) that chose the
 * strength of the shipped adapter's negative prompts and must not measure it.
 */
const FIRST_SEED = 200_000;

/** Makes pairs: two in three are about colour, the third about style. */
export function negativePairs(count: number): NegativePair[] {
  const isColour = deck([true, true, false], 31);
  const nextColoured = deck([...OWN_COLOURS.keys()].sort(), 32);
  const nextCommon = deck([...COMMON_CONCEPTS].sort(), 33);
  const nextStyle = deck(STYLES, 34);
  const hasArticle = deck([true, false], 35);
  const nextUnrelated = deck([...COMMON_CONCEPTS].sort(), 36);
  return Array.from({ length: count }, (_, index) => {
    const colour = isColour();
    const concept = colour ? nextColoured() : nextCommon();
    const negative = colour ? OWN_COLOURS.get(concept)! : nextStyle();
    let unrelated = nextUnrelated();
    while (kindOf(unrelated) === kindOf(concept)) unrelated = nextUnrelated();
    return {
      caption: bareCaption(concept, hasArticle()),
      seed: FIRST_SEED + index,
      attribute: colour
        ? { kind: "colour", colour: OWN_COLOURS.get(concept)! }
        : { kind: "style", style: negative },
      negative,
      unrelated,
    };
  });
}

/** Writes a caption without the colour that the negative prompt removes. */
function bareCaption(concept: string, hasArticle: boolean): string {
  return caption({ thing: concept.replace(/^red /, ""), article: hasArticle ? "a" : undefined });
}
