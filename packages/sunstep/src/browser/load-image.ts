import { inFile } from "@sunstep/errors";
import { type DecodedImage, decodeImageInSlices } from "@sunstep/image";
import { sunstepError } from "../errors.js";

/**
 * Reads a PNG or JPEG, for `image` and `mask` of `generate`: a File or other Blob, or a URL.
 * @throws SunstepError IMAGE_FILE_MISSING, and codes of `imageErrors` naming the file
 */
export async function loadImage(source: string | Blob): Promise<DecodedImage> {
  const name = typeof source === "string" ? source : ((source as Partial<File>).name ?? "a Blob");
  const blob = typeof source === "string" ? await fetchImage(source) : source;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return inFile(name, () => decodeImageInSlices(bytes));
}

async function fetchImage(url: string): Promise<Blob> {
  const missing = (reason: string, cause?: unknown) =>
    sunstepError("IMAGE_FILE_MISSING", `image ${url} cannot be read: ${reason}`, { file: url, cause });
  const response = await fetch(url).catch((cause: unknown) => {
    throw missing(String(cause), cause);
  });
  if (!response.ok) throw missing(`HTTP ${response.status}`);
  return response.blob();
}
