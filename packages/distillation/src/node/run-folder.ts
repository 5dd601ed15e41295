import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { folderTree } from "@sunstep/checkpoint/node";
import { writeWhole } from "@sunstep/files/node";
import type { RunFolder } from "../run/run-folder.js";

/**
 * A folder on disk, for one writer at a time; it is made when the first file is written. What a kill leaves half-written
 * is called `.part` and written over next time.
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
