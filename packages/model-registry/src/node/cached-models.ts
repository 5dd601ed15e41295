// Lists the cached models, for `sunstep models`: repositories in the cache shared with Python, and downloaded URLs.

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { listModels } from "../builtin-models.js";
import { registryError } from "../errors.js";
import { printableUrl } from "../hub-url.js";
import { parseModelReference } from "../model-reference.js";
import { writingCache } from "./disk/cache-files.js";
import { listFolder } from "./disk/local-files.js";
import { repositoryCache } from "./hub/hub-cache.js";
import { decideSettings, type ResolveOptions } from "./options.js";
import { listStored } from "./url/url-cache.js";

export type CacheOptions = Pick<ResolveOptions, "hubCache" | "sunstepCache" | "env">;

export interface CachedModel {
  /** A hub id, or a URL without its query; `removeModel` takes it. */
  readonly id: string;
  readonly origin: "hub" | "url";
  readonly path: string;
  /** Bytes on disk, unfinished downloads included. */
  readonly size: number;
  /** Cached branches and tags of a hub repository. */
  readonly revisions: readonly string[];
}

export async function listCached(options: CacheOptions = {}): Promise<CachedModel[]> {
  const { hubCache, sunstepCache } = decideSettings(options);
  const hub = await Promise.all(
    (await readdir(hubCache).catch(() => [])).map((name) => cachedRepository(hubCache, name)),
  );
  const urls = await Promise.all(
    (await listStored(sunstepCache)).map(async ({ url, folder }): Promise<CachedModel> => {
      return { id: url, origin: "url", path: folder, size: total(await listFolder(folder)), revisions: [] };
    }),
  );
  return [...hub.flat(), ...urls].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Deletes a model (an id of `listCached`, or a built-in name) with all its revisions; returns the freed bytes. */
export async function removeModel(id: string, options: CacheOptions = {}): Promise<number> {
  const { hubCache } = decideSettings(options);
  const reference = parseModelReference(listModels().find(({ name }) => name === id)?.source ?? id);
  const wanted =
    reference.kind === "hub"
      ? reference.repository
      : reference.kind === "url"
        ? printableUrl(reference.url)
        : undefined;
  const found = (await listCached(options)).filter((model) => model.id === wanted);
  if (found.length === 0) {
    throw registryError(
      "MODEL_NOT_FOUND",
      `${JSON.stringify(id)} is not in the cache; listCached lists its models`,
      {
        model: id,
      },
    );
  }
  for (const { path, origin, id: repository } of found) {
    await writingCache(path, () => rm(path, { recursive: true }));
    if (origin === "hub")
      await rm(repositoryCache(hubCache, repository).locks, { recursive: true, force: true });
  }
  return total(new Map(found.map((model) => [model.path, model.size])));
}

async function cachedRepository(hubCache: string, name: string): Promise<CachedModel[]> {
  const id = /^models--(.+)$/.exec(name)?.[1]?.replace("--", "/");
  const path = join(hubCache, name);
  if (id === undefined || !(await stat(path).catch(() => undefined))?.isDirectory()) return [];
  const blobs = await listFolder(join(path, "blobs"));
  const revisions = [...(await listFolder(join(path, "refs"))).keys()].sort();
  return [{ id, origin: "hub", path, size: total(blobs), revisions }];
}

const total = (sizes: ReadonlyMap<string, number>) =>
  [...sizes.values()].reduce((sum, size) => sum + size, 0);
