import type { RgbImage } from "sunstep";

/** A picture to start from, and what of it is to be painted anew. */
export interface StartPicture {
  readonly id: number;
  readonly image: RgbImage;
  /** White where it is to be painted anew; of the picture's size. Without one, all of it is changed by `strength`. */
  readonly mask?: RgbImage;
}

/**
 * A mask of which nothing is painted is none; faint edges, as an eraser leaves them, are nothing. `alpha`: opacity of every
 * painted pixel, 0 to 255.
 */
export function maskFromAlpha(alpha: Uint8Array, width: number, height: number): RgbImage | undefined {
  const data = alpha.map((value) => (value > 127 ? 255 : 0));
  return data.includes(255) ? { width, height, channels: 1, data } : undefined;
}

/** The largest size of a picture's proportions that has at most as many pixels as `width` x `height`; multiples of 8. */
export function fittingSize(
  picture: { readonly width: number; readonly height: number },
  { width, height }: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  const scale = Math.sqrt((width * height) / (picture.width * picture.height));
  const side = (length: number) => Math.min(1024, Math.max(64, Math.round((length * scale) / 8) * 8));
  return { width: side(picture.width), height: side(picture.height) };
}
