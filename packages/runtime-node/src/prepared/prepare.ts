import { mkdir, rm, statfs } from "node:fs/promises";
import { SunstepError, throwIfAborted } from "@sunstep/errors";
import type { Model } from "@sunstep/onnx-graph";
import type { LoadEvent } from "@sunstep/runtime";
import { weightBytes } from "@sunstep/runtime/worker";
import { buildPrepared } from "./build.js";
import { commitEntry, openEntry, temporaryFolder, trimCache } from "./cache.js";
import { cacheDefaults, cacheFolder, type PreparedCacheOptions } from "./cache-folder.js";
import { preparedKey } from "./key.js";

export interface PrepareOptions {
  readonly cache: PreparedCacheOptions | false;
  readonly label: string;
  /** ONNX Runtime's. */
  readonly version: string;
  readonly signal: AbortSignal;
  readonly emit: (event: LoadEvent) => void;
}

const underWay = new Map<string, Promise<Model>>();
/** Serialises preparations: each takes all cores and much memory. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Returns ONNX Runtime's own form of a lowered model, from the cache or made now and stored there; undefined for a model
 * to be loaded as it is: it is small, the cache is off, or the cache cannot be used, of which a warning tells.
 * @throws OUT_OF_MEMORY, ABORTED, EXTERNAL_DATA_MISSING
 */
export async function prepare(model: Model, options: PrepareOptions): Promise<Model | undefined> {
  const { cache, label, version, signal, emit } = options;
  if (cache === false || weightBytes(model) < (cache.minWeightBytes ?? cacheDefaults.minWeightBytes))
    return undefined;
  const folder = cacheFolder(cache);
  try {
    const key = await preparedKey(model, folder, version, signal);
    return (
      (await openEntry(folder, key)) ??
      (await shared(key, () => make(model, key, folder, cache, options), signal))
    );
  } catch (error) {
    throwIfAborted(signal, `loading ${label}`);
    if (
      SunstepError.isInstance(error, "OUT_OF_MEMORY") ||
      SunstepError.isInstance(error, "EXTERNAL_DATA_MISSING")
    )
      throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the prepared model of ${label} cannot be stored in ${folder}, so it is loaded without, which takes longer: ${reason}`;
    emit({ type: "warning", label, code: "PREPARED_CACHE_UNUSABLE", message });
    return undefined;
  }
}

/** Lets concurrent loads of one model wait for one preparation. If its load is aborted, the next load begins anew. */
async function shared(key: string, make: () => Promise<Model>, signal: AbortSignal): Promise<Model> {
  for (let other = underWay.get(key); other; other = underWay.get(key)) {
    const model = await other.catch((error: unknown) => {
      if (!SunstepError.isInstance(error, "ABORTED") || signal.aborted) throw error;
      return undefined;
    });
    if (model) return model;
  }
  const made = turn
    .then(() => {
      throwIfAborted(signal, "preparing the model");
      return make();
    })
    .finally(() => underWay.delete(key));
  turn = made.catch(() => undefined);
  underWay.set(key, made);
  return made;
}

async function make(
  model: Model,
  key: string,
  folder: string,
  cache: PreparedCacheOptions,
  { label, signal, emit }: PrepareOptions,
): Promise<Model> {
  await mkdir(folder, { recursive: true });
  await checkSpace(folder, weightBytes(model));
  const temporary = await temporaryFolder(folder);
  try {
    await buildPrepared(model, {
      folder: temporary,
      signal,
      onPiece: (done, total) => emit({ type: "prepare", label, done, total }),
    });
    await commitEntry(folder, key, temporary, label);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
  await trimCache(folder, cache.maxBytes ?? cacheDefaults.maxBytes, key);
  const prepared = await openEntry(folder, key);
  if (!prepared) throw new Error("the new entry could not be read back");
  return prepared;
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < 1.1 * needed) {
    throw new Error(`${(needed / 1e9).toFixed(1)} GB are needed, ${(free / 1e9).toFixed(1)} GB are free`);
  }
}
