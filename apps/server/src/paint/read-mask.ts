import type { RgbImage } from "@sunstep/image";
import type { PaintMask } from "./paint-input.js";
import { fitTo, greyOf, pixelsOf, toSharp } from "./pixels.js";

/** libvips takes no smaller standard deviation. */
const LEAST_BLUR = 0.3;

/** Returns a mask of the image's size, one channel, white where it is painted anew. */
export async function readMask(
  mask: RgbImage,
  { invert, blur = 0, byAlpha = false }: PaintMask,
  image: RgbImage,
): Promise<RgbImage> {
  const grey = await fitTo(await greyOf(mask, byAlpha), image, "stretch");
  const turned = invert ? await pixelsOf(toSharp(grey).negate()) : grey;
  return blur < LEAST_BLUR ? turned : pixelsOf(toSharp(turned).blur(blur).extractChannel(0));
}
