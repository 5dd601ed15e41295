// Captions, such as "a red apple, noto style, on a blue background".
import type { Background, Colour } from "./colours.js";
import { withoutColour } from "./colours.js";
import { COMMON_NAMES, kindOf, OTHER_NAMES } from "./concepts.js";
import type { Random } from "./random.js";

/** The content of an image. */
export interface Content {
  readonly concept: string;
  /** The name of the emoji set: "noto style". */
  readonly style: string;
  /** The dominant hue, if there is one. */
  readonly colour?: Colour | undefined;
  readonly background: Background;
}

export interface CaptionParts {
  /** The concept or a common name for it. */
  readonly thing: string;
  readonly colour?: Colour | undefined;
  readonly article?: "a" | "the" | undefined;
  readonly background?: Background | undefined;
  /** Follow the thing after commas, in this order: "noto style", "fruit". */
  readonly additions?: readonly string[];
}

const withArticle = (words: string) => `${"aeiou".includes(words.charAt(0)) ? "an" : "a"} ${words}`;

export const backgroundPhrase = (background: Background): string =>
  `on ${withArticle(`${background} background`)}`;

/** Joins the parts of a caption. The colour replaces colour words of the thing's name. */
export function caption({ thing, colour, article, background, additions = [] }: CaptionParts): string {
  const coloured = colour === undefined ? thing : `${colour} ${withoutColour(thing)}`;
  const subject = article === "the" ? `the ${coloured}` : article === "a" ? withArticle(coloured) : coloured;
  const placed = background === undefined ? subject : `${subject} ${backgroundPhrase(background)}`;
  return [placed, ...additions].join(", ");
}

/** Probabilities of the parts of a caption. */
const SAID = {
  commonName: 0.3,
  otherName: 0.15,
  article: 0.4,
  theAmongArticles: 0.2,
  kind: 0.12,
  style: 0.65,
  background: 0.95,
  whiteBackground: 0.35,
  backgroundWithoutComma: 0.5,
} as const;

export interface CaptionOptions {
  /** Name the thing's colour, if one dominates it. */
  readonly nameColour: boolean;
}

function randomName(concept: string, random: Random): string {
  const commonName = COMMON_NAMES[concept];
  if (commonName !== undefined && random.chance(SAID.commonName)) return commonName;
  const others = OTHER_NAMES[concept];
  return others !== undefined && random.chance(SAID.otherName) ? random.pick(others) : concept;
}

/** Draws a random caption of an image. */
export function randomCaption(content: Content, options: CaptionOptions, random: Random): string {
  const { concept, style, background } = content;
  const colour = options.nameColour ? content.colour : undefined;
  const thing = randomName(concept, random);
  const hasArticle = random.chance(SAID.article);
  const article = hasArticle ? (random.chance(SAID.theAmongArticles) ? "the" : "a") : undefined;
  const additions: string[] = [];
  if (random.chance(SAID.kind)) additions.push(kindOf(concept));
  if (random.chance(SAID.style)) additions.push(style);
  const saysBackground = random.chance(background === "white" ? SAID.whiteBackground : SAID.background);
  const beside = saysBackground && random.chance(SAID.backgroundWithoutComma);
  if (saysBackground && !beside) additions.push(backgroundPhrase(background));
  return caption({
    thing,
    colour,
    article,
    background: beside ? background : undefined,
    additions: random.shuffle(additions),
  });
}

/** Lists negative prompts that name attributes of an image: its colours, background, style and kind. */
export function ownNegatives({ concept, style, background }: Content, colours: readonly Colour[]): string[] {
  return [...colours, `${background} background`, style, kindOf(concept)];
}
