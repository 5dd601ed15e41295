import { readFile } from "node:fs/promises";
import { SunstepError } from "@sunstep/errors";
import { type DecodedImage, decodeImage } from "@sunstep/image";
import { sunstepError } from "../errors.js";

/**
 * Reads a PNG or JPEG, for `image` and `mask` of `generate`.
 * @throws SunstepError IMAGE_FILE_MISSING, and codes of `imageErrors` naming the file
 */
export async function loadImage(path: string): Promise<DecodedImage> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw sunstepError("IMAGE_FILE_MISSING", `picture ${path} cannot be read: ${cause.message}`, {
      file: path,
      cause,
    });
  });
  try {
    return decodeImage(bytes);
  } catch (error) {
    if (!SunstepError.isInstance(error)) throw error;
    throw new SunstepError(error.code, `${path}: ${error.message}`, {
      ...error.details,
      file: path,
      cause: error,
    });
  }
}
