import { registryError } from "../../errors.js";

/** Below this, the browser is not asked to keep what it stores for good: some ask the user. */
const WORTH_KEEPING = 100 << 20;

/**
 * Sees to it that there is room for `needed` more bytes, and that a large download is not thrown away for want of it.
 * @throws STORAGE_QUOTA, saying how much is needed and how much there is
 */
export async function makeRoom(needed: number, what: string): Promise<void> {
  const { storage } = navigator;
  if (needed >= WORTH_KEEPING && !(await storage.persisted())) await storage.persist();
  const { quota, usage = 0 } = await storage.estimate();
  if (quota === undefined || needed <= quota - usage) return;
  throw registryError(
    "STORAGE_QUOTA",
    `${what} needs ${megabytes(needed)} of storage, the browser gives this site ${megabytes(Math.max(0, quota - usage))} more: ` +
      "free space on the disk, remove other models, or use the file from the disk",
    { needed, available: Math.max(0, quota - usage) },
  );
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
