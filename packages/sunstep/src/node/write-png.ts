import { extname } from "node:path";
import { writeWhole } from "@sunstep/files/node";
import { sunstepError } from "../errors.js";

/**
 * Writes a PNG file, whole or not at all.
 * @throws IMAGE_FILE_FORMAT for a name that does not end in .png; FILE_NOT_WRITABLE, DISK_FULL
 */
export async function writePng(path: string, bytes: Uint8Array): Promise<void> {
  if (extname(path).toLowerCase() !== ".png") {
    throw sunstepError("IMAGE_FILE_FORMAT", `${path}: images are written as PNG; end the name in .png`, {
      file: path,
    });
  }
  await writeWhole(path, bytes);
}
