import { registryError } from "../../errors.js";

/** Smallest download in bytes for which persistent storage is requested: some browsers ask the user. */
const WORTH_KEEPING = 100 << 20;

/**
 * Checks that `needed` more bytes fit, and requests persistent storage for a large download, so that the browser does not
 * evict it.
 * @throws STORAGE_QUOTA with the needed and the available bytes
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
