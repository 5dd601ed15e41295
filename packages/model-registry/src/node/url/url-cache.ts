// Downloads that are not from the hub: <sunstep cache>/downloads/<hash of the URL>/
//   latest.json                    the newest version
//   <hash of the version>/<name>   the file, by its ETag or date

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isSafeRelativePath } from "../../relative-path.js";
import { writeCacheFile } from "../disk/cache-files.js";
import { fileSize } from "../disk/local-files.js";

export interface StoredDownload {
  /** The URL without its query, which may hold secrets. */
  readonly url: string;
  readonly validator: string | null;
  /** Path relative to the URL's folder. */
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

const downloadsFolder = (sunstepCache: string): string => join(sunstepCache, "downloads");
export const urlFolder = (sunstepCache: string, url: string): string =>
  join(downloadsFolder(sunstepCache), hashOf(url));

/** Returns the path of a version of the file in the URL's folder. Without a validator every download is a version. */
export function versionedFile(url: string, headers: Headers, validator: string | undefined): string {
  return `${hashOf(validator ?? `${url} ${Date.now()}`)}/${fileName(url, headers)}`;
}

/** Returns the server's name for the file, else the last part of the URL; always a plain name that ends in .safetensors. */
function fileName(url: string, headers: Headers): string {
  const sent = /filename="?([^";]+)"?/i.exec(headers.get("content-disposition") ?? "")?.[1];
  const name = basename(sent ?? new URL(url).pathname).replace(/[^\w.()-]+/g, "_");
  const stem = name.replace(/\.safetensors$/i, "").slice(0, 100);
  return isSafeRelativePath(stem) ? `${stem}.safetensors` : "model.safetensors";
}

/** Returns the newest download in a URL's folder, if its file is complete and has the requested hash. */
export async function readStored(folder: string, sha256?: string): Promise<StoredDownload | undefined> {
  try {
    const stored: unknown = JSON.parse(await readFile(join(folder, "latest.json"), "utf8"));
    if (!isStored(stored) || (await fileSize(join(folder, stored.file))) !== stored.size) return undefined;
    return sha256 === undefined || sha256 === stored.sha256 ? stored : undefined;
  } catch {
    return undefined;
  }
}

export const writeStored = (folder: string, stored: StoredDownload): Promise<void> =>
  writeCacheFile(join(folder, "latest.json"), `${JSON.stringify(stored, undefined, 1)}\n`);

export async function listStored(
  sunstepCache: string,
): Promise<(StoredDownload & { readonly folder: string })[]> {
  const root = downloadsFolder(sunstepCache);
  const folders = (await readdir(root).catch(() => [])).map((name) => join(root, name));
  const stored = await Promise.all(
    folders.map(async (folder) => {
      const found = await readStored(folder);
      return found === undefined ? [] : [{ ...found, folder }];
    }),
  );
  return stored.flat();
}

const isStored = (value: unknown): value is StoredDownload =>
  typeof value === "object" &&
  value !== null &&
  "url" in value &&
  typeof value.url === "string" &&
  URL.canParse(value.url) &&
  "validator" in value &&
  (value.validator === null || typeof value.validator === "string") &&
  "file" in value &&
  typeof value.file === "string" &&
  isSafeRelativePath(value.file) &&
  "size" in value &&
  Number.isSafeInteger(value.size) &&
  "sha256" in value &&
  typeof value.sha256 === "string";
