import { join, relative } from "node:path";
import { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { hubFileUrl } from "../../hub-url.js";
import { isCommit, type ListedFile } from "../../listed-file.js";
import type { HubReference } from "../../model-reference.js";
import { type FileSelection, type SelectOptions, selectFiles } from "../../select-files.js";
import { requireSpace } from "../disk/cache-files.js";
import { withFileLock } from "../disk/file-lock.js";
import { fileSize, listFolder } from "../disk/local-files.js";
import { download } from "../download/download.js";
import { reportProgress } from "../download/report-progress.js";
import { symlinksDisabled } from "../environment.js";
import type { Settings } from "../options.js";
import type { ResolvedModel } from "../resolved-model.js";
import { fetchCommit, fetchTree } from "./hub-api.js";
import {
  blobPath,
  linkSnapshot,
  type RepositoryCache,
  readRef,
  readTree,
  repositoryCache,
  snapshotFolder,
  writeRef,
  writeTree,
} from "./hub-cache.js";

/** So many small files are asked for at once; large ones fill the line alone. */
const parallelDownloads = 4;

interface Snapshot {
  readonly reference: HubReference;
  readonly revision: string;
  readonly commit: string;
  readonly cache: RepositoryCache;
}

/** Brings the files of a hub repository that a pipeline needs into the cache that is shared with Python. */
export async function resolveHub(
  settings: Settings,
  reference: HubReference,
  name: string,
  variant: SelectOptions["variant"],
): Promise<ResolvedModel> {
  const options = { path: reference.path, variant };
  const revision = reference.revision ?? "main";
  const cache = repositoryCache(settings.hubCache, reference.repository);
  const cached = () => resolveCached({ reference, revision, cache }, options);
  if (settings.offline || isCommit(revision)) {
    const found = await cached();
    if (found !== undefined) return found;
    if (settings.offline) throw notCached(settings, reference, revision);
  }
  let commit: string;
  try {
    commit = isCommit(revision) ? revision : await fetchCommit(settings, reference, revision);
  } catch (error) {
    // Without a connection the last known commit serves, as in Python.
    const found = SunstepError.isInstance(error, "DOWNLOAD_FAILED") ? await cached() : undefined;
    if (found === undefined) throw error;
    return found;
  }
  const snapshot = { reference, revision, commit, cache };
  const files = await listCommit(settings, snapshot);
  const selection = selectFiles(
    files.map((file) => file.path),
    reference.repository,
    options,
  );
  const chosen = files.filter((file) => selection.files.includes(file.path));
  await ignoringReadOnlyCache(writeRef(cache, revision, commit));
  await bringFiles(settings, snapshot, name, chosen);
  return resolved(snapshot, selection, new Map(chosen.map((file) => [file.path, file.size])));
}

/** What the cache has, if it has everything; never asks the network. */
async function resolveCached(
  { reference, revision, cache }: Omit<Snapshot, "commit">,
  options: SelectOptions,
): Promise<ResolvedModel | undefined> {
  const commit = await readRef(cache, revision);
  if (commit === undefined) return undefined;
  const present = await listFolder(snapshotFolder(cache, commit));
  if (present.size === 0) return undefined;
  const tree = await readTree(cache, commit);
  try {
    const paths = tree?.map((file) => file.path) ?? [...present.keys()];
    const selection = selectFiles(paths, reference.repository, options);
    const sizes = new Map(tree?.map((file) => [file.path, file.size]) ?? present);
    const complete =
      selection.files.every((file) => present.get(file) === sizes.get(file)) &&
      (tree !== undefined || looksComplete(selection));
    return complete ? resolved({ reference, revision, commit, cache }, selection, sizes) : undefined;
  } catch (error) {
    // A listing tells what does not exist; a half-filled folder without one does not.
    if (tree === undefined) return undefined;
    throw error;
  }
}

/** Of a pipeline in a cache without a listing (older Pythons keep none), the least that must be there. */
function looksComplete({ kind, root, files }: FileSelection): boolean {
  const prefix = root === "" ? "" : `${root}/`;
  if (kind === "file") return true;
  const hasWeights = (folder: string) =>
    files.some((file) => file.startsWith(`${prefix}${folder}`) && file.endsWith(".safetensors"));
  if (!files.includes(`${prefix}model_index.json`)) return hasWeights("");
  return ["unet/", "text_encoder/", "vae/"].every(hasWeights);
}

async function listCommit(settings: Settings, { reference, commit, cache }: Snapshot): Promise<ListedFile[]> {
  const kept = await readTree(cache, commit);
  if (kept !== undefined) return kept;
  const { files, raw } = await fetchTree(settings, reference.repository, commit);
  await ignoringReadOnlyCache(writeTree(cache, commit, raw));
  return files;
}

async function bringFiles(
  settings: Settings,
  snapshot: Snapshot,
  name: string,
  files: readonly ListedFile[],
) {
  await requireSpaceFor(snapshot, files);
  const waiting = [...files].sort((a, b) => a.size - b.size);
  const stop = new AbortController();
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined && !stop.signal.aborted; file = waiting.shift()) {
      await bringFile(settings, snapshot, name, file);
    }
  };
  const workers = Array.from({ length: parallelDownloads }, () =>
    worker().catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  // All are awaited before the first failure is thrown: nothing goes on in the background.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}

/** Python puts a random part into the name, so that no two processes share such a file; ours is guarded by our lock. */
const incompletePath = (blob: string) => `${blob}.sunstep.incomplete`;

/** All together: three files that fit one by one may not fit. */
async function requireSpaceFor({ cache, commit }: Snapshot, files: readonly ListedFile[]): Promise<void> {
  const needed = new Map<string, number>();
  for (const file of files) {
    const blob = blobPath(cache, file);
    const present = [join(snapshotFolder(cache, commit), file.path), blob].map(fileSize);
    if ((await Promise.all(present)).includes(file.size)) continue;
    needed.set(blob, file.size - ((await fileSize(incompletePath(blob))) ?? 0));
  }
  const total = [...needed.values()].reduce((sum, size) => sum + size, 0);
  if (total > 0) await requireSpace(cache.folder, total);
}

async function bringFile(
  settings: Settings,
  snapshot: Snapshot,
  name: string,
  file: ListedFile,
): Promise<void> {
  const { cache, commit, reference, revision } = snapshot;
  const pointer = join(snapshotFolder(cache, commit), file.path);
  const report = reportProgress(settings.onProgress, name, file.path);
  report.initiate();
  if ((await fileSize(pointer)) === file.size) return report.done();
  const blob = blobPath(cache, file);
  const lock = join(cache.locks, `${file.checksum.hex}.sunstep.lock`);
  await withFileLock(lock, settings.signal, async () => {
    const isNew = (await fileSize(blob)) !== file.size;
    if (isNew) {
      report.download(file.size);
      await download(settings.transport, {
        subject: {
          url: hubFileUrl(settings.endpoint, reference.repository, commit, file.path),
          hub: { endpoint: settings.endpoint, repository: reference.repository, revision },
        },
        target: blob,
        incomplete: incompletePath(blob),
        size: file.size,
        algorithm: file.checksum.algorithm,
        expected: file.checksum.hex,
        onProgress: (loaded) => report.progress(loaded, file.size),
      });
    }
    await linkSnapshot(pointer, blob, isNew, !symlinksDisabled(settings.env));
  });
  report.done();
}

function resolved(
  { reference, revision, commit, cache }: Snapshot,
  { kind, root, files }: FileSelection,
  sizes: ReadonlyMap<string, number>,
): ResolvedModel {
  const snapshot = snapshotFolder(cache, commit);
  const path = join(snapshot, root);
  return {
    kind,
    path,
    files: files.map((file) => {
      const absolutePath = join(snapshot, file);
      const inside = kind === "file" ? file.slice(file.lastIndexOf("/") + 1) : relative(path, absolutePath);
      return { path: inside.replaceAll("\\", "/"), absolutePath, size: sizes.get(file)! };
    }),
    origin: { type: "hub", repository: reference.repository, revision, commit },
  };
}

/** References and listings only save requests: a cache that cannot be written is still good for reading. */
async function ignoringReadOnlyCache(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!SunstepError.isInstance(error, "FILE_NOT_WRITABLE")) throw error;
  }
}

function notCached(settings: Settings, { repository, path }: HubReference, revision: string) {
  const what = path === undefined ? repository : `${repository}:${path}`;
  return registryError(
    "MODEL_NOT_CACHED",
    `${what} (revision "${revision}") is not, or not completely, in ${settings.hubCache}, and the network is off (offline option, HF_HUB_OFFLINE). Run once with the network on`,
    { model: repository, revision, cache: settings.hubCache },
  );
}
