import { open } from "node:fs/promises";

/** Writes a file's data to the disk: a rename may survive a crash that the data does not. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
