// Files on disk, for Node.

import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileOfSize } from "@sunstep/files/node";
import { checkPath, type FileTree } from "./file-tree.js";

export { fileSource } from "@sunstep/files/node";

const MAX_DEPTH = 3;

/**
 * A folder on disk. Paths that leave it are refused; symbolic links in it are followed, since the Hugging Face cache
 * is made of links to blobs beside the snapshot.
 */
export function folderTree(path: string): FileTree {
  const root = resolve(path);
  return {
    name: basename(root),
    list: () => filesUnder(root),
    async open(file) {
      const absolute = join(root, ...checkPath(file, root).split("/"));
      const info = await stat(absolute).catch(() => undefined);
      return info?.isFile() ? fileOfSize(absolute, info.size, file) : undefined;
    },
  };
}

async function filesUnder(root: string, prefix = "", depth = 0): Promise<string[]> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    const isFolder = entry.isDirectory();
    if (isFolder && depth < MAX_DEPTH) found.push(...(await filesUnder(root, path, depth + 1)));
    else if (!isFolder) found.push(path);
  }
  return found.sort();
}
