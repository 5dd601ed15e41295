import type { RgbImage } from "sunstep";
import type { Point } from "./brush.js";
import type { Size } from "./settings.js";

/** An image to start from, with an optional mask for inpainting. */
export interface StartImage {
  readonly id: number;
  readonly image: RgbImage;
  /** The painted strokes, oldest first. */
  readonly edits: readonly MaskEdit[];
  /** White where the image is repainted; of the image's size. Without a mask, `strength` applies to the whole image. */
  readonly mask?: RgbImage;
}

export type MaskEdit = Stroke | "clear";

/** A line of a round brush; in pixels of the image. */
export interface Stroke {
  readonly erases: boolean;
  readonly diameter: number;
  /** At least one. */
  readonly points: readonly Point[];
}

/** Returns the strokes that are still to be seen: those after the last "clear". */
export function visibleStrokes(edits: readonly MaskEdit[]): readonly Stroke[] {
  return edits.slice(edits.lastIndexOf("clear") + 1) as readonly Stroke[];
}

/**
 * Converts painted opacities, 0 to 255, to a mask; undefined if nothing is painted. Opacities up to 127, which an eraser
 * leaves at its edges, count as unpainted.
 */
export function maskFromAlpha(alpha: Uint8Array, width: number, height: number): RgbImage | undefined {
  const data = alpha.map((value) => (value > 127 ? 255 : 0));
  return data.includes(255) ? { width, height, channels: 1, data } : undefined;
}

/** Returns the size with the image's proportions and about as many pixels as `width` x `height`; in steps of `range`. */
export function fittingSize(image: Size, { width, height }: Size): Size {
  const scale = Math.sqrt((width * height) / (image.width * image.height));
  const side = (length: number) => Math.min(1024, Math.max(64, Math.round((length * scale) / 8) * 8));
  return { width: side(image.width), height: side(image.height) };
}
