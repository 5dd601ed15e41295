import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { distillationError } from "../errors.js";

/**
 * Writes beside the file, waits until the disk has it, and renames: after a kill or a loss of power there is the old
 * file or the new one, never half of one. `partial` is where it writes first.
 * @throws DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array,
  partial = join(dirname(resolve(path)), `.${basename(path)}.${randomUUID()}.part`),
): Promise<void> {
  const target = resolve(path);
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(partial, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw writeError(target, error);
  }
}

/** A rename is on disk when its folder is; systems that cannot sync a folder order renames themselves. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function writeError(file: string, cause: unknown): Error {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return distillationError("DISK_FULL", `${file} was not written: the disk is full (${code})`, {
      file,
      cause,
    });
  }
  return distillationError("FILE_NOT_WRITABLE", `${file} cannot be written: ${message}`, { file, cause });
}
