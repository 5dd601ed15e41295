// Files on disk, for Node.

import { open, readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { ByteSource } from "./byte-source.js";
import { checkpointError } from "./errors.js";
import { checkPath, type FileTree } from "./file-tree.js";

const MAX_DEPTH = 3;

/**
 * A file on disk. It is opened for each read, so nothing has to be closed.
 * @throws SunstepError CHECKPOINT_FILE_MISSING
 */
export async function fileSource(path: string, name: string = basename(path)): Promise<ByteSource> {
  const absolute = resolve(path);
  const info = await stat(absolute).catch(() => undefined);
  if (!info?.isFile()) {
    throw checkpointError("CHECKPOINT_FILE_MISSING", `${path} is not a file`, { file: path });
  }
  return {
    name,
    size: info.size,
    path: absolute,
    read: (offset, length) => readPart(absolute, offset, length),
  };
}

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}

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
      return info?.isFile() ? fileSource(absolute, file) : undefined;
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
