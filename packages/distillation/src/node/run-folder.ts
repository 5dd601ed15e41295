import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folderTree } from "@sunstep/checkpoint/node";
import { writeWhole } from "@sunstep/files/node";
import type { RunFolder } from "../run/run-folder.js";

/**
 * Returns a folder on disk, for one writer at a time. The first write creates it. A killed process may leave a partial file
 * named `.part`, which the next write replaces.
 */
export function runFolder(path: string): RunFolder {
  const root = resolve(path);
  return {
    ...folderTree(root),
    name: path,
    write: (name, bytes) => writeWhole(join(root, name), bytes, { partial: join(root, ".part") }),
    remove: (name) => rm(join(root, name), { force: true }),
  };
}
