// Measures how far the colours of a set are from those of the reference's images of the same prompts and seeds.
import type { RgbImage } from "@sunstep/image";
import type { ImageSet } from "../images/gallery.js";
import type { Prompt } from "../prompts/prompt.js";
import { bootstrap, type Estimate, meanOf } from "../statistics/bootstrap.js";

/** Mean red, green and blue of an image, 0 to 255. */
export type MeanColour = readonly [number, number, number];

/** Distance of mean colours, mean over the channels, of 255. */
export interface ColourDrift {
  /** Mean over images without a negative prompt, and with one. */
  readonly without: Estimate;
  readonly with: Estimate;
  /** Mean difference of each channel with its sign: a shift that all images share. */
  readonly shift: MeanColour;
}

export function meanColour({ data }: RgbImage): MeanColour {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3]! += data[i]!;
  const [red, green, blue] = sums;
  const pixels = data.length / 3;
  return [red / pixels, green / pixels, blue / pixels];
}

/** Distance of two mean colours: mean over the channels, without sign. */
const colourDistance = (a: MeanColour, b: MeanColour): number =>
  a.reduce((sum, value, c) => sum + Math.abs(value - b[c]!), 0) / 3;

export async function meanColours(set: ImageSet): Promise<readonly MeanColour[]> {
  const colours: MeanColour[] = [];
  for (let i = 0; i < set.size; i++) colours.push(meanColour(await set.image(i)));
  return colours;
}

export async function colourDrifts(
  reference: ImageSet,
  sets: Readonly<Record<string, ImageSet>>,
  prompts: readonly Prompt[],
): Promise<Record<string, ColourDrift>> {
  const wanted = await meanColours(reference);
  const found: [string, ColourDrift][] = [];
  for (const [name, set] of Object.entries(sets)) {
    found.push([name, colourDrift(await meanColours(set), wanted, prompts)]);
  }
  return Object.fromEntries(found);
}

/** Returns the drift of images from the reference's of the same prompts. */
export function colourDrift(
  colours: readonly MeanColour[],
  wanted: readonly MeanColour[],
  prompts: readonly Pick<Prompt, "negative">[],
): ColourDrift {
  const distances = colours.map((colour, i) => colourDistance(colour, wanted[i]!));
  const mean = (isWith: boolean) => {
    const rows = distances.filter((_, i) => (prompts[i]!.negative !== "") === isWith);
    return bootstrap(rows.length, (indices) => ({ mean: meanOf(rows, indices) })).mean!;
  };
  const shiftOf = (channel: 0 | 1 | 2) =>
    colours.reduce((sum, colour, i) => sum + colour[channel] - wanted[i]![channel], 0) / colours.length;
  const shift: MeanColour = [shiftOf(0), shiftOf(1), shiftOf(2)];
  return { without: mean(false), with: mean(true), shift };
}
