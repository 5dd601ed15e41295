import { statfs } from "node:fs/promises";
import { registryError } from "../errors.js";

const fullDisk = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const notWritable = new Set([
  "EROFS",
  "EACCES",
  "EPERM",
  "ENOTDIR",
  "EEXIST",
  "EISDIR",
  "ENOENT",
  "ENAMETOOLONG",
]);

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function diskFull(path: string, needed?: number, cause?: unknown) {
  return registryError(
    "CACHE_DISK_FULL",
    `the disk that holds ${path} is full${needed === undefined ? "" : `: ${needed} more bytes are needed`}. Make room, or choose another folder with HF_HUB_CACHE (models of the hub) or SUNSTEP_CACHE (other downloads)`,
    { path, ...(needed === undefined ? {} : { needed }), cause },
  );
}

/** Runs an action that writes to the cache; a full disk and a folder that cannot be written become typed errors. */
export async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const code = errorCode(cause);
    if (code !== undefined && fullDisk.has(code)) throw diskFull(path, undefined, cause);
    if (code !== undefined && notWritable.has(code)) {
      throw registryError(
        "CACHE_NOT_WRITABLE",
        `${path} cannot be written (${code}). Set HF_HUB_CACHE (models of the hub) or SUNSTEP_CACHE (other downloads) to a folder that can`,
        { path, cause },
      );
    }
    throw cause;
  }
}

/** Throws before a download that cannot fit, where the system tells how much is free. */
export async function requireSpace(folder: string, needed: number): Promise<void> {
  const free = await statfs(folder).catch(() => undefined);
  if (free !== undefined && needed > free.bavail * free.bsize) throw diskFull(folder, needed);
}
