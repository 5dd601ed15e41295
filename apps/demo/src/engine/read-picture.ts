import { SunstepError } from "@sunstep/errors";
import { readPngText } from "@sunstep/image";
import { type RgbImage, readParameters } from "sunstep";
import type { ReadPicture } from "./engine.js";

/** Larger pictures are made smaller: nothing is made from more than this. */
const longestSide = 1024;

/** Any picture that the browser can show; of a PNG, also how it was made. */
export async function readPicture(file: Blob): Promise<ReadPicture> {
  const image = await decode(file);
  const text = file.type === "image/png" ? await parametersText(file) : undefined;
  const parameters = text === undefined ? undefined : readParameters(text);
  return { image, ...(parameters && { parameters }) };
}

async function decode(file: Blob): Promise<RgbImage> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    const { name = "It" } = file as Partial<File>;
    throw new SunstepError("FILE_NOT_USED", `${name} is no picture that this browser can show`, { cause });
  });
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  // What is transparent is paper.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
}

/** A broken PNG has been refused by the browser before; one without text is none of ours. */
async function parametersText(file: Blob): Promise<string | undefined> {
  try {
    return readPngText(new Uint8Array(await file.arrayBuffer())).get("parameters");
  } catch {
    return undefined;
  }
}
