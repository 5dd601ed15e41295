import type { RgbImage } from "sunstep";

/** An image to start from, with an optional mask for inpainting. */
export interface StartImage {
  readonly id: number;
  readonly image: RgbImage;
  /** White where the image is repainted; of the image's size. Without a mask, `strength` applies to the whole image. */
  readonly mask?: RgbImage;
}

/**
 * Converts painted opacities, 0 to 255, to a mask; undefined if nothing is painted. Opacities up to 127, which an eraser
 * leaves at its edges, count as unpainted.
 */
export function maskFromAlpha(alpha: Uint8Array, width: number, height: number): RgbImage | undefined {
  const data = alpha.map((value) => (value > 127 ? 255 : 0));
  return data.includes(255) ? { width, height, channels: 1, data } : undefined;
}

/** Returns the size with the image's proportions and about as many pixels as `width` x `height`; multiples of 8. */
export function fittingSize(
  image: { readonly width: number; readonly height: number },
  { width, height }: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  const scale = Math.sqrt((width * height) / (image.width * image.height));
  const side = (length: number) => Math.min(1024, Math.max(64, Math.round((length * scale) / 8) * 8));
  return { width: side(image.width), height: side(image.height) };
}
