import { join } from "node:path";
import { hubFileUrl } from "../../hub-url.js";
import { inspectSafetensors } from "../../inspect-header.js";
import type { ListedFile } from "../../listed-file.js";
import { requireSpace } from "../disk/cache-files.js";
import { withFileLock } from "../disk/file-lock.js";
import { fileSize } from "../disk/local-files.js";
import { download } from "../download/download.js";
import { reportProgress } from "../download/report-progress.js";
import { symlinksDisabled } from "../environment.js";
import type { Settings } from "../options.js";
import { blobPath, linkSnapshot, snapshotFolder } from "./hub-cache.js";
import type { Snapshot } from "./snapshot.js";

/** Number of parallel downloads, for the small files; large ones saturate the connection alone. */
const parallelDownloads = 4;

/** Brings files of a snapshot into the cache, the small ones first. */
export async function bringFiles(
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
  // All workers are awaited before the first failure is thrown, so that none runs on in the background.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}

/** Path of an unfinished blob. Python adds a random part, so that processes do not share it; here the lock guards it. */
const incompletePath = (blob: string) => `${blob}.sunstep.incomplete`;

/** Checks the space for all files together: files that fit one by one may not fit together. */
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
  await withFileLock(lock, { signal: settings.signal, onWait: report.waiting }, async () => {
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
        inspect: file.path.endsWith(".safetensors") ? inspectSafetensors : undefined,
        onProgress: (loaded) => report.progress(loaded, file.size),
      });
    }
    await linkSnapshot(pointer, blob, isNew, !symlinksDisabled(settings.env));
  });
  report.done();
}
