import { statfs } from "node:fs/promises";
import { filesError } from "../errors.js";

/**
 * Throws before a write of `needed` bytes that cannot fit on the disk of `folder`, where the system tells how much is
 * free.
 * @throws SunstepError DISK_FULL
 */
export async function requireSpace(folder: string, needed: number, advice?: string): Promise<void> {
  const disk = await statfs(folder).catch(() => undefined);
  if (!disk) return;
  const available = disk.bavail * disk.bsize;
  if (needed <= available) return;
  throw filesError(
    "DISK_FULL",
    `${folder} needs ${needed} more bytes, and its disk has ${available}${advice ? `. ${advice}` : ""}`,
    { file: folder, needed, available },
  );
}
