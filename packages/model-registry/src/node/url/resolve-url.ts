import { basename, join } from "node:path";
import { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { printableUrl } from "../../hub-url.js";
import { inspectLink } from "../../inspect-header.js";
import { withFileLock } from "../disk/file-lock.js";
import { download } from "../download/download.js";
import { ChangedOnServer, validatorOf } from "../download/partial-response.js";
import { reportProgress } from "../download/report-progress.js";
import { impatient } from "../download/transport.js";
import type { Settings } from "../options.js";
import type { ResolvedModel } from "../resolved-model.js";
import { readStored, type StoredDownload, urlFolder, versionedFile, writeStored } from "./url-cache.js";

const mostChanges = 3;

type Report = ReturnType<typeof reportProgress>;

/** Downloads one .safetensors file into sunstep's own cache, unless the server confirms that the cached file is current. */
export async function resolveUrl(
  settings: Settings,
  url: string,
  name: string,
  sha256: string | undefined,
): Promise<ResolvedModel> {
  const folder = urlFolder(settings.sunstepCache, url);
  const stored = await readStored(folder, sha256);
  if (settings.offline) {
    if (stored !== undefined) return resolved(folder, stored);
    throw registryError(
      "MODEL_NOT_CACHED",
      `${printableUrl(url)} is not in ${folder}, and the network is off`,
      {
        url: printableUrl(url),
        cache: folder,
      },
    );
  }
  const report = reportProgress(settings.onProgress, name, basename(new URL(url).pathname));
  const lock = { signal: settings.signal, onWait: report.waiting };
  try {
    return await withFileLock(`${folder}.lock`, lock, () =>
      fetchNewest(settings, url, report, folder, sha256),
    );
  } catch (error) {
    // Without a connection, or in a cache that may only be read, the last download serves, as it does for the hub.
    const serves =
      SunstepError.isInstance(error, "DOWNLOAD_FAILED") ||
      SunstepError.isInstance(error, "FILE_NOT_WRITABLE");
    if (stored === undefined || !serves) throw error;
    return resolved(folder, stored);
  }
}

/** Fetches the file; again, a few times, if it changes between the parts of its download. */
async function fetchNewest(
  settings: Settings,
  url: string,
  report: Report,
  folder: string,
  sha256: string | undefined,
): Promise<ResolvedModel> {
  for (let changes = 0; changes <= mostChanges; changes++) {
    try {
      return resolved(folder, await fetchUrl(settings, url, report, folder, sha256));
    } catch (error) {
      if (!(error instanceof ChangedOnServer)) throw error;
    }
  }
  const printable = printableUrl(url);
  throw registryError("DOWNLOAD_CORRUPT", `${printable} keeps changing while it is downloaded`, {
    url: printable,
  });
}

async function fetchUrl(
  settings: Settings,
  url: string,
  report: Report,
  folder: string,
  sha256: string | undefined,
): Promise<StoredDownload> {
  report.initiate();
  const stored = await readStored(folder, sha256);
  const transport = stored === undefined ? settings.transport : impatient(settings.transport);
  const opened = await transport.open({ url }, conditionalHeaders(stored));
  try {
    const size = opened.headers.has("content-encoding") ? undefined : contentLength(opened.headers);
    const validator = validatorOf(opened.headers);
    if (stored !== undefined && (opened.status === 304 || isSame(stored, validator, size))) {
      report.done();
      return stored;
    }
    const file = versionedFile(url, opened.headers, validator);
    report.download(size);
    const downloaded = await download(settings.transport, {
      subject: { url },
      target: join(folder, file),
      incomplete: join(folder, `${file}.incomplete`),
      size,
      algorithm: "sha256",
      expected: sha256,
      validator,
      opened,
      onProgress: (loaded) => report.progress(loaded, size),
      inspect: inspectLink(printableUrl(url)),
    });
    const result = {
      url: printableUrl(url),
      validator: validator ?? null,
      file,
      size: downloaded.size,
      sha256: downloaded.hex,
    };
    await writeStored(folder, result);
    report.done();
    return result;
  } finally {
    opened.cancel();
  }
}

function conditionalHeaders(stored: StoredDownload | undefined): Record<string, string> {
  const validator = stored?.validator;
  if (validator === null || validator === undefined) return {};
  return validator.startsWith('"') ? { "if-none-match": validator } : { "if-modified-since": validator };
}

/** Detects an unchanged file from servers that ignore the condition and send it again. */
const isSame = (stored: StoredDownload, validator: string | undefined, size: number | undefined) =>
  validator !== undefined && stored.validator === validator && (size === undefined || stored.size === size);

function contentLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function resolved(folder: string, { url, file, size }: StoredDownload): ResolvedModel {
  const path = join(folder, file);
  return {
    kind: "file",
    path,
    files: [{ path: basename(file), absolutePath: path, size }],
    origin: { type: "url", url },
  };
}
