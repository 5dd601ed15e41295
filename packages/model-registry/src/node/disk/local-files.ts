import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Returns the size of a file, following links; undefined if there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the paths ("/"-separated) and sizes of the files up to `depth` levels below a folder, without broken links. */
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
