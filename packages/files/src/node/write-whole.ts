import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { filesError } from "../errors.js";
import { flush } from "./flush.js";
import { writing } from "./writing.js";

export interface WriteOptions {
  /** File of the same disk that receives the content first. Default: a hidden one of a random name beside `path`. */
  readonly partial?: string;
  /** Sentence for the messages of errors: what the user can do. */
  readonly advice?: string;
}

/**
 * Writes a file whole or not at all: beside the target, flushed to the disk, then renamed. After a crash or a loss of
 * power there is the old file or the new one. Makes missing folders; follows a link at `path`; keeps the mode and owner
 * of the file that it replaces.
 * @throws SunstepError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeWhole(
  path: string,
  content: Uint8Array | string,
  { partial, advice }: WriteOptions = {},
): Promise<void> {
  const target = await realpath(path).catch(() => resolve(path));
  const draft = partial ?? join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  await writing(
    target,
    async () => {
      const replaced = await stat(target).catch(() => undefined);
      if (replaced && !replaced.isFile()) {
        throw filesError("FILE_NOT_WRITABLE", `${path} was not written: it is not a regular file`, {
          file: path,
        });
      }
      await mkdir(dirname(target), { recursive: true });
      try {
        const file = await open(draft, "w");
        try {
          await file.writeFile(content);
          if (replaced) await keepOwner(file, replaced);
          await flush(file);
        } finally {
          await file.close();
        }
        await moveIntoPlace(draft, target);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    advice,
  );
}

/** Renames a file that is on the disk, and flushes the folder's entry: the rename, too, survives a loss of power. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  // Systems that cannot open or flush a folder order renames themselves.
  const folder = await open(dirname(to)).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Where the user may not give files away, the new file is the user's own. */
async function keepOwner(
  file: FileHandle,
  { mode, uid, gid }: { mode: number; uid: number; gid: number },
): Promise<void> {
  await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o777).catch(() => undefined);
}
