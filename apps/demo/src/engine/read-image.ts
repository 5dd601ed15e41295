import { SunstepError } from "@sunstep/errors";
import { readPngText } from "@sunstep/image";
import { type RgbImage, readParameters } from "sunstep";
import type { ReadImage } from "./engine.js";

/** Larger images are scaled down to this, the largest side that the page generates. */
const longestSide = 1024;

/** Reads any image that the browser can decode, and the parameters in a PNG. */
export async function readImage(file: Blob): Promise<ReadImage> {
  const image = await decode(file);
  const text = file.type === "image/png" ? await parametersText(file) : undefined;
  const parameters = text === undefined ? undefined : readParameters(text);
  return { image, ...(parameters && { parameters }) };
}

async function decode(file: Blob): Promise<RgbImage> {
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

/** Undefined for a PNG without parameters. A damaged PNG was already rejected by the browser's decoder. */
async function parametersText(file: Blob): Promise<string | undefined> {
  try {
    return readPngText(new Uint8Array(await file.arrayBuffer())).get("parameters");
  } catch {
    return undefined;
  }
}
