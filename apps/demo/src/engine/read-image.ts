import { readImageText } from "@sunstep/image";
import { readParameters } from "sunstep";
import { decodeImage } from "./decode-image.js";
import type { ReadImage } from "./engine.js";

/** Reads any image that the browser can decode, and the parameters in it. */
export async function readImage(file: Blob): Promise<ReadImage> {
  const image = await decodeImage(file);
  const text = await parametersText(file);
  const parameters = text === undefined ? undefined : readParameters(text);
  return { image, ...(parameters && { parameters }) };
}

/** Undefined for an image without parameters. A damaged one was already rejected by the browser's decoder. */
async function parametersText(file: Blob): Promise<string | undefined> {
  try {
    return readImageText(new Uint8Array(await file.arrayBuffer())).get("parameters");
  } catch {
    return undefined;
  }
}
