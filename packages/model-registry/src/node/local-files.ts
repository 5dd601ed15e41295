import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writing } from "./file-system-errors.js";

/** Size of a file or of what a link leads to; undefined if there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** Paths ("/"-separated) and sizes of the files below a folder, `depth` levels deep; broken links are left out. */
export async function listFolder(folder: string, depth = 16): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 1) {
      for (const [inner, size] of await listFolder(path, depth - 1))
        found.set(`${entry.name}/${inner}`, size);
    } else {
      const size = await fileSize(path);
      if (size !== undefined) found.set(entry.name, size);
    }
  }
  return found;
}

export async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Written aside and renamed: readers see the old or the new text. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(draft, text);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  });
}
