import { COLOURS, type Colour } from "@sunstep/emoji-data";
import type { ImageSet } from "../images/gallery.js";
import type { Prompt } from "../prompts/prompt.js";
import { colourShare } from "./colour-share.js";

/** The colour measure on teacher images whose captions name a colour. */
export interface ColourValidation {
  readonly images: number;
  /** Mean share of the named colour, and of each of the other seven. */
  readonly asked: number;
  readonly others: number;
  /** Share of images in which the named colour is the largest. */
  readonly accuracy: number;
}

export async function validateColourShare(
  set: ImageSet,
  prompts: readonly Prompt[],
): Promise<ColourValidation> {
  const rows: { asked: number; others: readonly number[] }[] = [];
  for (const [index, { caption }] of prompts.entries()) {
    const colour = askedColour(caption);
    if (colour === undefined) continue;
    const image = await set.image(index);
    const shares = new Map(COLOURS.map((name) => [name, colourShare(image, name)]));
    const others = COLOURS.filter((name) => name !== colour).map((name) => shares.get(name)!);
    rows.push({ asked: shares.get(colour)!, others });
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    images: rows.length,
    asked: mean(rows.map((row) => row.asked)),
    others: mean(rows.flatMap((row) => row.others)),
    accuracy: rows.filter((row) => row.asked > Math.max(...row.others)).length / rows.length,
  };
}

/** Returns the colour at the caption's beginning, "a red apple"; colours of the ground do not count. */
function askedColour(caption: string): Colour | undefined {
  const words = caption.replace(/ on an? \w+ background/, "").split(/[ ,]+/);
  return COLOURS.find((colour) => words.includes(colour));
}
