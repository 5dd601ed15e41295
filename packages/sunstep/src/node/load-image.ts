import { readFile } from "node:fs/promises";
import { inFile } from "@sunstep/errors";
import { type DecodedImage, decodeImageInSlices } from "@sunstep/image";
import { sunstepError } from "../errors.js";

/**
 * Reads a PNG or JPEG, for `image` and `mask` of `generate`.
 * @throws SunstepError IMAGE_FILE_MISSING, and codes of `imageErrors` naming the file
 */
export async function loadImage(path: string): Promise<DecodedImage> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw sunstepError("IMAGE_FILE_MISSING", `image ${path} cannot be read: ${cause.message}`, {
      file: path,
      cause,
    });
  });
  return inFile(path, () => decodeImageInSlices(bytes));
}
