import { SunstepError } from "@sunstep/errors";
import type { RgbImage } from "sunstep";

/** Larger images are scaled down to this, the largest side that the page generates. */
const longestSide = 1024;

/** Decodes any image that the browser can. @throws FILE_NOT_USED */
export async function decodeImage(file: Blob): Promise<RgbImage> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    const { name = "It" } = file as Partial<File>;
    throw new SunstepError("FILE_NOT_USED", `${name} is not an image that this browser can decode`, {
      cause,
    });
  });
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  // Transparent pixels become white.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
}
