// Plans the images of the data set: every concept in every style, on several grounds, mirrored, recoloured.
import type { RgbImage } from "@sunstep/image";
import { type Content, ownNegatives, randomCaption } from "./captions.js";
import {
  BACKGROUND_NAMES,
  BACKGROUNDS,
  type Background,
  COLOURS,
  type Colour,
  coloursOfHue,
} from "./colours.js";
import { COMMON_CONCEPTS } from "./concepts.js";
import { EMOJI_SETS, type EmojiSetName } from "./emoji-sets.js";
import { mainHue } from "./main-hue.js";
import type { Random } from "./random.js";
import type { Icons } from "./render.js";

/** One image of the data set: how to make it from the drawing, and its captions. */
export interface PlannedImage extends Content {
  readonly set: EmojiSetName;
  /** Straight RGBA; shared by the images of one concept and set. */
  readonly drawing: RgbImage;
  readonly recolour?: { readonly from: number; readonly to: Colour };
  readonly mirrored: boolean;
  /** Colour of the ground, 0 to 255: the named background with small deviations. */
  readonly ground: readonly [number, number, number];
  readonly captions: readonly string[];
  readonly negatives: readonly string[];
  readonly weight: number;
}

/** Least share of coloured pixels near a hue for it to count as the thing's colour. */
const DOMINANT_SHARE = 0.55;
/** Weight of the common concepts: three of four samples show one. */
const COMMON_WEIGHT = 5;
const CAPTIONS_EACH = 4;
/**
 * Probabilities that a caption names the colour of a thing as it is, and of a recoloured one. If the latter were always
 * named, a caption without a colour would mean the usual one, and "red" as a negative prompt of "an apple" had no effect.
 */
const COLOUR_NAMED = { own: 0.5, recoloured: 0.75 } as const;
/** Standard deviation of a ground's red, green and blue. */
const GROUND_JITTER = 8;

interface Variant {
  readonly background: Background;
  readonly mirrored: boolean;
  readonly recoloured?: Colour;
  readonly weight: number;
}

const otherBackground = (random: Random) => random.pick(BACKGROUND_NAMES.filter((name) => name !== "white"));

/** Two images on white and two on a coloured ground; all other seven colours if one colour dominates. */
function variants(own: Colour | undefined, random: Random): Variant[] {
  const originals = own === undefined ? 1 : 0.5;
  const plain = (["white", "white", otherBackground(random), otherBackground(random)] as const).map(
    (background, index) => ({ background, mirrored: index % 2 === 1, weight: originals / 4 }),
  );
  if (own === undefined) return plain;
  const others = COLOURS.filter((colour) => colour !== own);
  const recoloured = others.map((colour) => ({
    background: random.chance(0.5) ? ("white" as const) : otherBackground(random),
    mirrored: random.chance(0.5),
    recoloured: colour,
    weight: (1 - originals) / others.length,
  }));
  return [...plain, ...recoloured];
}

function ground(background: Background, random: Random): [number, number, number] {
  const [red, green, blue] = BACKGROUNDS[background];
  if (background === "white") return [red, green, blue];
  const near = (value: number) => Math.min(255, Math.max(0, value + GROUND_JITTER * random.normal()));
  return [near(red), near(green), near(blue)];
}

/** Plans the images of one concept in one set; none if the set lacks it. */
export async function planImages(icons: Icons, concept: string, random: Random): Promise<PlannedImage[]> {
  const drawing = await icons.render(concept);
  if (drawing === undefined) return [];
  const main = mainHue(drawing);
  const hue = main !== undefined && main.share > DOMINANT_SHARE ? main.hue : undefined;
  const ownColours = hue === undefined ? [] : coloursOfHue(hue);
  const [own] = ownColours;
  const { style } = EMOJI_SETS[icons.set];
  const common = COMMON_CONCEPTS.includes(concept) ? COMMON_WEIGHT : 1;
  return variants(own, random).map(({ background, mirrored, recoloured, weight }) => {
    const content: Content = { concept, style, colour: recoloured ?? own, background };
    const named = COLOUR_NAMED[recoloured === undefined ? "own" : "recoloured"];
    return {
      ...content,
      set: icons.set,
      drawing,
      ...(hue !== undefined && recoloured !== undefined && { recolour: { from: hue, to: recoloured } }),
      mirrored,
      ground: ground(background, random),
      captions: Array.from({ length: CAPTIONS_EACH }, () =>
        randomCaption(content, { nameColour: random.chance(named) }, random),
      ),
      negatives: ownNegatives(content, recoloured === undefined ? ownColours : [recoloured]),
      weight: weight * common,
    };
  });
}
