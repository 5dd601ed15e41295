/** Colours that a thing can be given, as hues in degrees. */
export const HUES = {
  red: 2,
  orange: 28,
  yellow: 50,
  green: 125,
  teal: 180,
  blue: 218,
  purple: 272,
  pink: 335,
} as const;

export type Colour = keyof typeof HUES;

export const COLOURS = Object.keys(HUES) as readonly Colour[];

/** Colours of the ground behind a thing, 8 bits each of red, green and blue. */
export const BACKGROUNDS = {
  white: [255, 255, 255],
  black: [16, 16, 20],
  gray: [140, 142, 146],
  red: [220, 40, 44],
  orange: [248, 140, 32],
  yellow: [252, 216, 60],
  green: [56, 168, 72],
  teal: [32, 184, 184],
  blue: [44, 104, 220],
  purple: [132, 64, 192],
  pink: [248, 140, 184],
  brown: [126, 80, 48],
} as const satisfies Record<string, readonly [number, number, number]>;

export type Background = keyof typeof BACKGROUNDS;

export const BACKGROUND_NAMES = Object.keys(BACKGROUNDS) as readonly Background[];

const COLOUR_WORDS: ReadonlySet<string> = new Set([...COLOURS, ...BACKGROUND_NAMES, "grey", "light", "dark"]);

/** A concept without its colour words: "red apple" is "apple". */
export function withoutColour(concept: string): string {
  const rest = concept.split(" ").filter((word) => !COLOUR_WORDS.has(word));
  return rest.length > 0 ? rest.join(" ") : concept;
}

/** A hue this much further from another colour than from the nearest goes by both names. */
const BETWEEN = 1.6;

/** Returns the names of a hue in degrees, the nearest colour first; two names if it lies between two colours. */
export function coloursOfHue(hue: number): [Colour, ...Colour[]] {
  const distance = (colour: Colour) => Math.abs(hueDifference(HUES[colour], hue));
  const [nearest, second] = COLOURS.toSorted((a, b) => distance(a) - distance(b)) as [Colour, Colour];
  return distance(second) < BETWEEN * distance(nearest) ? [nearest, second] : [nearest];
}

/** a - b on the circle, -180 to 180 degrees. */
export const hueDifference = (a: number, b: number): number => ((((a - b + 180) % 360) + 360) % 360) - 180;
