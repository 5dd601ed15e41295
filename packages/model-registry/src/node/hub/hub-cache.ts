// The folder layout of Python's huggingface_hub (file_download.py, _tree_cache.py), so that both share one cache:
//   models--owner--name/refs/<branch or tag>                  the commit it last pointed to
//   models--owner--name/blobs/<sha256 or git sha1>            the contents
//   models--owner--name/snapshots/<commit>/<path>             relative links to blobs
//   models--owner--name/trees/<commit>.json                   the commit's listing
//   .locks/models--owner--name/

import { randomUUID } from "node:crypto";
import { copyFile, lstat, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { isCommit, type ListedFile, listedFile } from "../../listed-file.js";
import { writeCacheFile, writingCache } from "../disk/cache-files.js";
import { errorCode } from "../disk/error-code.js";
import { readOrUndefined } from "../disk/local-files.js";

export interface RepositoryCache {
  /** `models--owner--name` */
  readonly folder: string;
  readonly locks: string;
}

export function repositoryCache(cacheFolder: string, repository: string): RepositoryCache {
  const name = `models--${repository.replace("/", "--")}`;
  return { folder: join(cacheFolder, name), locks: join(cacheFolder, ".locks", name) };
}

export const snapshotFolder = (cache: RepositoryCache, commit: string): string =>
  join(cache.folder, "snapshots", commit);
export const blobPath = (cache: RepositoryCache, { checksum }: ListedFile): string =>
  join(cache.folder, "blobs", checksum.hex);

/** Returns the commit that `revision` pointed to when the hub was last asked. */
export async function readRef(cache: RepositoryCache, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const text = await readOrUndefined(join(cache.folder, "refs", revision));
  const commit = text?.trim();
  return commit !== undefined && isCommit(commit) ? commit : undefined;
}

export async function writeRef(cache: RepositoryCache, revision: string, commit: string): Promise<void> {
  if (revision === commit || (await readRef(cache, revision)) === commit) return;
  await writeCacheFile(join(cache.folder, "refs", revision), commit);
}

const treePath = (cache: RepositoryCache, commit: string) => join(cache.folder, "trees", `${commit}.json`);
const treeFormat = 1;

/** Returns the cached listing of a commit, written by sunstep or Python; undefined if it is missing or malformed. */
export async function readTree(cache: RepositoryCache, commit: string): Promise<ListedFile[] | undefined> {
  const text = await readOrUndefined(treePath(cache, commit));
  if (text === undefined) return undefined;
  try {
    const tree = JSON.parse(text) as {
      format_version?: unknown;
      files?: Record<string, Record<string, unknown>>;
    };
    if (tree.format_version !== treeFormat || tree.files === undefined) return undefined;
    const files = Object.entries(tree.files).map(([path, { size, blob_id, lfs_sha256, lfs_size }]) =>
      listedFile(path, lfs_sha256 === undefined ? size : lfs_size, blob_id, lfs_sha256),
    );
    return files.every((file) => file !== undefined) ? files : undefined;
  } catch {
    return undefined;
  }
}

/** Stores a commit's listing. `raw` holds the hub's answer in the fields that Python stores. */
export function writeTree(
  cache: RepositoryCache,
  commit: string,
  raw: Record<string, object>,
): Promise<void> {
  const text = JSON.stringify({ format_version: treeFormat, files: raw }, undefined, 1);
  return writeCacheFile(treePath(cache, commit), text);
}

/**
 * Links the snapshot's file to a blob. Where symbolic links are unavailable (Windows without developer mode), the snapshot
 * receives the file itself: moved if the blob is new, else copied, as in Python.
 */
export async function linkSnapshot(
  pointer: string,
  blob: string,
  isNew: boolean,
  links: boolean,
): Promise<void> {
  await writingCache(pointer, async () => {
    await mkdir(dirname(pointer), { recursive: true });
    const target = relative(dirname(pointer), blob);
    if ((await linkTarget(pointer)) === target) return;
    const draft = `${pointer}.${randomUUID()}.tmp`;
    try {
      if (!links || !(await trySymlink(target, draft))) {
        await (isNew ? rename(blob, draft) : copyFile(blob, draft));
      }
      await rename(draft, pointer);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function linkTarget(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isSymbolicLink() ? readlink(path) : undefined;
}

/** Error codes of file systems that lack symbolic links or forbid them: exFAT, SMB, sshfs, Windows. */
const noLinks = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "UNKNOWN"]);

async function trySymlink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (noLinks.has(errorCode(error) ?? "")) return false;
    throw error;
  }
}
