// Files on disk, for Node.

import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { ByteSource } from "@sunstep/files";
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
    open: async (file) => openAt(join(root, ...checkPath(file, root).split("/")), file),
  };
}

/** A tree of files that lie anywhere on the disk, by their paths in it: bundlers move and rename the files of a package. */
export function pathTree(files: Readonly<Record<string, string>>): FileTree {
  const paths = new Map(Object.entries(files));
  return {
    list: async () => [...paths.keys()],
    async open(file) {
      const path = paths.get(checkPath(file));
      return path === undefined ? undefined : openAt(path, file);
    },
  };
}

async function openAt(path: string, name: string): Promise<ByteSource | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? fileOfSize(path, info.size, name) : undefined;
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
