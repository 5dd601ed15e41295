import { encodePng, type RgbImage } from "@sunstep/image";
import type { ImageFormat } from "./paint-input.js";
import { toSharp } from "./pixels.js";

export const mediaTypes: Readonly<Record<ImageFormat, string>> = {
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

/** Encodes an image with its generation data: a PNG's text, the description in the EXIF data of the others. */
export async function encodeImage(
  image: RgbImage,
  parameters: string,
  { format, quality = 90 }: { readonly format: ImageFormat; readonly quality?: number },
): Promise<Uint8Array> {
  if (format === "png") return encodePng(image, { text: { parameters } });
  const encoder = toSharp(image).withExif({ IFD0: { ImageDescription: parameters } });
  const options = { quality: Math.max(1, quality) };
  return format === "jpeg" ? encoder.jpeg(options).toBuffer() : encoder.webp(options).toBuffer();
}
