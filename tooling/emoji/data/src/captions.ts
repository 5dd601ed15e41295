// What is said of a picture: "a red apple, noto style, on a blue background".
import type { Background, Colour } from "./colours.js";
import { withoutColour } from "./colours.js";
import { COMMON_NAMES, kindOf, OTHER_NAMES } from "./concepts.js";
import type { Random } from "./random.js";

/** What a picture shows. */
export interface Content {
  readonly concept: string;
  /** The words of the picture set: "noto style". */
  readonly style: string;
  /** The hue that dominates it, where one does. */
  readonly colour?: Colour | undefined;
  readonly background: Background;
}

export interface CaptionParts {
  /** The concept or a common name for it. */
  readonly thing: string;
  readonly colour?: Colour | undefined;
  readonly article?: boolean;
  readonly background?: Background | undefined;
  /** Follow the thing after commas, in this order: "noto style", "fruit". */
  readonly additions?: readonly string[];
}

const withArticle = (words: string) => `${"aeiou".includes(words.charAt(0)) ? "an" : "a"} ${words}`;

export const backgroundPhrase = (background: Background): string =>
  `on ${withArticle(`${background} background`)}`;

/** Puts the parts of a caption together. The colour comes instead of colour words that the thing's name has. */
export function caption({
  thing,
  colour,
  article = false,
  background,
  additions = [],
}: CaptionParts): string {
  const coloured = colour === undefined ? thing : `${colour} ${withoutColour(thing)}`;
  const subject = article ? withArticle(coloured) : coloured;
  const placed = background === undefined ? subject : `${subject} ${backgroundPhrase(background)}`;
  return [placed, ...additions].join(", ");
}

/** How often captions say things. */
const SAID = {
  commonName: 0.3,
  otherName: 0.15,
  article: 0.4,
  kind: 0.12,
  style: 0.65,
  background: 0.95,
  whiteBackground: 0.35,
  backgroundWithoutComma: 0.5,
} as const;

export interface CaptionOptions {
  /** The colour has been changed: only the caption can tell, so it always does. */
  readonly recoloured: boolean;
  /** Name the colour of a picture whose colour is its own. */
  readonly nameOwnColour?: boolean;
}

function randomName(concept: string, random: Random): string {
  const commonName = COMMON_NAMES[concept];
  if (commonName !== undefined && random.chance(SAID.commonName)) return commonName;
  const others = OTHER_NAMES[concept];
  return others !== undefined && random.chance(SAID.otherName) ? random.pick(others) : concept;
}

/** A caption of a picture, drawn at random. */
export function randomCaption(content: Content, options: CaptionOptions, random: Random): string {
  const { concept, style, background } = content;
  const colour = options.recoloured || options.nameOwnColour ? content.colour : undefined;
  const thing = randomName(concept, random);
  const article = random.chance(SAID.article);
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

/** Negative prompts that name what a picture has: its colours, its background, its style, its kind. */
export function ownNegatives({ concept, style, background }: Content, colours: readonly Colour[]): string[] {
  return [...colours, `${background} background`, style, kindOf(concept)];
}
