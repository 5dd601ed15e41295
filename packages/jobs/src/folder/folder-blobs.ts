import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addressOf, type BlobStore, checkAddress } from "../blobs.js";

export interface FolderBlobs extends BlobStore {
  /** Deletes the blobs that were used least recently until the rest fits; those in `keep` stay. */
  trim(keep: ReadonlySet<string>): Promise<void>;
}

/** Opens a folder of blobs, one file each, and removes drafts that a killed process left. */
export async function openFolderBlobs(folder: string, maxBytes: number): Promise<FolderBlobs> {
  await mkdir(folder, { recursive: true });
  const sizes = new Map<string, number>();
  for (const name of await byLastUse(folder)) {
    const { size } = await stat(join(folder, name));
    if (name.endsWith(".part")) await rm(join(folder, name), { force: true });
    else sizes.set(name, size);
  }
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let drafts = 0;
  /** The last entry of a map is the newest. */
  const touch = (address: string, size: number) => {
    sizes.delete(address);
    sizes.set(address, size);
  };
  return {
    async put(bytes) {
      const address = addressOf(bytes);
      if (!sizes.has(address)) {
        // The rename makes a file whole or absent. A lost power supply may lose it: its job is then made anew.
        const draft = join(folder, `${address}.${drafts++}.part`);
        await writeFile(draft, bytes);
        await rename(draft, join(folder, address));
        if (!sizes.has(address)) total += bytes.length;
      }
      touch(address, bytes.length);
      return address;
    },
    async get(address) {
      const path = join(folder, checkAddress(address));
      const bytes = await readFile(path).catch(() => undefined);
      if (!bytes) return undefined;
      if (sizes.has(address)) touch(address, bytes.length);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async trim(keep) {
      for (const [address, size] of sizes) {
        if (total <= maxBytes) return;
        if (keep.has(address)) continue;
        sizes.delete(address);
        total -= size;
        await rm(join(folder, address), { force: true });
      }
    },
  };
}

async function byLastUse(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const used = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })),
  );
  return used.sort((a, b) => a.time - b.time).map(({ name }) => name);
}
