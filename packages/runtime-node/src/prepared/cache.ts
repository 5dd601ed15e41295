// The folder of prepared models. An entry is a folder named by its key, with model.onnx, files of weights and a manifest.
// It is written in a temporary folder and renamed, so that it appears whole or not at all.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileOfSize, flushFile } from "@sunstep/files/node";
import { type Model, readOnnx } from "@sunstep/onnx-graph";
import { cacheFolder, type PreparedCacheOptions } from "./cache-folder.js";
import { sampleHash } from "./sample-hash.js";

const ENTRY = "prepared-";
const TEMPORARY = ".making-";
const TRASH = ".removed-";
const MODEL = "model.onnx";
const MANIFEST = "manifest.json";

interface Manifest {
  readonly label: string;
  /** Sizes in bytes. */
  readonly files: Readonly<Record<string, number>>;
  /** Checksum of model.onnx. */
  readonly sha256: string;
  /** Checksums of samples of the other files. */
  readonly samples: Readonly<Record<string, string>>;
}

export interface PreparedCacheEntry {
  readonly key: string;
  readonly label: string;
  readonly bytes: number;
  readonly lastUsed: Date;
}

export interface PreparedCacheInfo {
  readonly folder: string;
  readonly bytes: number;
  /** Most recently used first. */
  readonly entries: readonly PreparedCacheEntry[];
}

/** Opens an entry. Returns undefined if there is none; removes a damaged one. */
export async function openEntry(folder: string, key: string): Promise<Model | undefined> {
  const path = join(folder, ENTRY + key);
  try {
    const manifest = await readManifest(path);
    const onnx = await readFile(join(path, MODEL));
    if (sha256(onnx) !== manifest.sha256) throw new Error("model.onnx is damaged");
    await checkFiles(path, manifest);
    const model = await readOnnx(onnx, { open: weightFile(path, manifest) });
    const now = new Date();
    await utimes(join(path, MANIFEST), now, now).catch(() => undefined);
    return model;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || (await exists(path)))
      await remove(folder, ENTRY + key);
    return undefined;
  }
}

/** Makes an empty folder for a new entry. */
export async function temporaryFolder(folder: string): Promise<string> {
  const path = join(folder, `${TEMPORARY}${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}`);
  await mkdir(path, { recursive: true });
  return path;
}

/** Turns a temporary folder into the entry `key`. If another process was faster, its entry stays. */
export async function commitEntry(
  folder: string,
  key: string,
  temporary: string,
  label: string,
): Promise<void> {
  const files: Record<string, number> = {};
  const samples: Record<string, string> = {};
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const { size } = await stat(path);
    files[name] = size;
    if (name !== MODEL) samples[name] = await sampleHash(path, size);
  }
  const manifest: Manifest = {
    label,
    files,
    sha256: sha256(await readFile(join(temporary, MODEL))),
    samples,
  };
  await writeFile(join(temporary, MANIFEST), JSON.stringify(manifest));
  // buildPrepared flushes weights piece by piece, so that these calls find little to write.
  for (const name of [...Object.keys(files), MANIFEST]) await flushFile(join(temporary, name));
  try {
    await rename(temporary, join(folder, ENTRY + key));
  } catch (error) {
    if (!(await exists(join(folder, ENTRY + key)))) throw error;
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes entries, least recently used first, until the rest fit; and temporary folders of processes that ended. */
export async function trimCache(folder: string, maxBytes: number, keep: string): Promise<void> {
  await removeLeftovers(folder);
  const { entries, bytes } = await preparedCacheInfo({ folder });
  let left = bytes;
  for (const entry of entries.toReversed()) {
    if (left <= maxBytes) return;
    if (entry.key === keep) continue;
    await remove(folder, ENTRY + entry.key);
    left -= entry.bytes;
  }
}

/** Lists the cache of prepared models. */
export async function preparedCacheInfo(options: PreparedCacheOptions = {}): Promise<PreparedCacheInfo> {
  const folder = cacheFolder(options);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(ENTRY));
  const entries: PreparedCacheEntry[] = [];
  for (const name of names) {
    try {
      const { label, files } = await readManifest(join(folder, name));
      const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
      const { mtime } = await stat(join(folder, name, MANIFEST));
      entries.push({ key: name.slice(ENTRY.length), label, bytes, lastUsed: mtime });
    } catch {
      // Another process is removing it, or it is damaged: openEntry handles both.
    }
  }
  entries.sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
  return { folder, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0), entries };
}

/** Removes all prepared models. Loaded sessions keep theirs until they are disposed of. */
export async function clearPreparedCache(options: PreparedCacheOptions = {}): Promise<void> {
  const folder = cacheFolder(options);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(ENTRY)) await remove(folder, name);
  }
  await rm(join(folder, "hashes.json"), { force: true });
  await removeLeftovers(folder);
}

async function readManifest(path: string): Promise<Manifest> {
  const manifest = JSON.parse(await readFile(join(path, MANIFEST), "utf8")) as Partial<Manifest>;
  // Entries of older formats have no samples; they are listed, so that they are removed when space is needed.
  const { label, files, sha256: hash, samples = {} } = manifest;
  if (typeof label !== "string" || typeof hash !== "string" || !isRecord(files) || !isRecord(samples))
    throw new Error("not a manifest");
  return { label, files, sha256: hash, samples };
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

async function checkFiles(path: string, { files, samples }: Manifest): Promise<void> {
  for (const [name, size] of Object.entries(files)) {
    const info = await stat(join(path, name));
    if (info.size !== size) throw new Error(`${name} has ${info.size} bytes instead of ${size}`);
    if (name !== MODEL && (await sampleHash(join(path, name), size)) !== samples[name])
      throw new Error(`${name} is damaged`);
  }
}

/** Opens the weights of an entry by the names in its manifest. */
function weightFile(path: string, { files }: Manifest) {
  const sources = new Map(
    Object.entries(files).map(([name, size]) => [name, fileOfSize(join(path, name), size, name)]),
  );
  return async (location: string) => sources.get(location);
}

/** Removes in two steps, so that no other process opens half an entry. */
async function remove(folder: string, name: string): Promise<void> {
  const trash = join(folder, `${TRASH}${randomBytes(6).toString("hex")}`);
  const moved = await rename(join(folder, name), trash).then(
    () => true,
    () => false,
  );
  if (moved) await rm(trash, { recursive: true, force: true }).catch(() => undefined);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const maker = name.startsWith(`${TEMPORARY}${hostname()}-`) ? Number(name.split("-").at(-2)) : undefined;
    if (name.startsWith(TRASH) || (maker !== undefined && !isRunning(maker))) {
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
