import { type FilesErrorCode, filesError } from "../errors.js";

/** Errors of the operating system with a code or a sentence of their own. */
const reasons: Readonly<Record<string, readonly [code: FilesErrorCode, reason: string]>> = {
  ENOSPC: ["DISK_FULL", "the disk is full"],
  EDQUOT: ["DISK_FULL", "the disk quota is used up"],
  EFBIG: ["FILE_NOT_WRITABLE", "the file system does not hold files of this size"],
  EROFS: ["FILE_NOT_WRITABLE", "the file system is read-only"],
  EACCES: ["FILE_NOT_WRITABLE", "permission denied"],
  EPERM: ["FILE_NOT_WRITABLE", "operation not permitted"],
  EISDIR: ["FILE_NOT_WRITABLE", "it is a folder"],
  ENOTDIR: ["FILE_NOT_WRITABLE", "a part of its path is not a folder"],
  ENAMETOOLONG: ["FILE_NOT_WRITABLE", "the name is too long"],
};

/**
 * Runs an action that writes `path` and turns errors of the operating system into typed ones. `advice` is a sentence
 * for their messages; other errors pass through.
 * @throws SunstepError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writing<T>(path: string, action: () => Promise<T>, advice?: string): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const [code, reason] = reasons[cause.code] ?? ["FILE_NOT_WRITABLE", cause.message];
    const message = `${path} was not written: ${reason} (${cause.code})${advice ? `. ${advice}` : ""}`;
    throw filesError(code, message, { file: path, cause });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === "number";
}
