import { type FileHandle, open } from "node:fs/promises";

/** Waits until a file's content is on the disk, as far as its file system knows how: network shares need not. */
export async function flush(file: FileHandle): Promise<void> {
  await file.sync().catch((error: NodeJS.ErrnoException) => {
    if (!/^(ENOSYS|ENOTSUP|EOPNOTSUPP|EINVAL)$/.test(error.code ?? "")) throw error;
  });
}

/** Flushes a closed file: a rename may survive a loss of power that the file's content does not. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await flush(file);
  } finally {
    await file.close();
  }
}
