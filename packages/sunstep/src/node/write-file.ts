import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { sunstepError } from "../errors.js";

/** Writes beside the file and renames, so that whoever looks finds the old file or the new one, never half of one. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(partial, bytes, { flag: "wx" });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw writeError(target, error);
  }
}

/** @throws IMAGE_FILE_FORMAT for a name that says that it is something else than a PNG */
export async function writePng(path: string, bytes: Uint8Array): Promise<void> {
  if (extname(path).toLowerCase() !== ".png") {
    throw sunstepError("IMAGE_FILE_FORMAT", `${path}: pictures are written as PNG; end the name in .png`, {
      file: path,
    });
  }
  await writeWhole(path, bytes);
}

function writeError(file: string, cause: unknown): Error {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return sunstepError("DISK_FULL", `${file} was not written: the disk is full (${code})`, { file, cause });
  }
  return sunstepError("FILE_NOT_WRITABLE", `${file} cannot be written: ${message}`, { file, cause });
}
