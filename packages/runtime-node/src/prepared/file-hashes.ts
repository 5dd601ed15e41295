import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runtimeError } from "@sunstep/runtime";

/** The most files that are remembered. */
const CAPACITY = 500;

/**
 * Returns the sha256 of whole files. The cache folder remembers them by path, size, times and inode: a file of gigabytes
 * is read again only when one of these has changed. Rejects with an AbortError when the signal is aborted.
 */
export async function fileHashes(
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const memory = join(folder, "hashes.json");
  const known = await readMemory(memory);
  const added = new Map<string, string>();
  const hashes: string[] = [];
  for (const path of paths) {
    const identity = await identify(path);
    const hash = known.get(identity) ?? (await hashFile(path, signal));
    if (!known.has(identity)) added.set(identity, hash);
    hashes.push(hash);
  }
  // Other processes may have added theirs meanwhile.
  if (added.size > 0) await writeMemory(memory, new Map([...(await readMemory(memory)), ...added]));
  return hashes;
}

async function identify(path: string): Promise<string> {
  const info = await stat(path).catch((cause: unknown) => {
    throw runtimeError("EXTERNAL_DATA_MISSING", `weights file ${path} cannot be opened`, {
      file: path,
      cause,
    });
  });
  return [path, info.size, info.mtimeMs, info.ctimeMs, info.ino].join("|");
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22, ...(signal && { signal }) }))
    hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

async function readMemory(file: string): Promise<Map<string, string>> {
  try {
    const entries: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!Array.isArray(entries)) return new Map();
    return new Map(entries.filter(isEntry));
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
}

/** Losing the memory costs time only, so a folder that cannot be written to is not an error. */
async function writeMemory(file: string, known: ReadonlyMap<string, string>): Promise<void> {
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify([...known].slice(-CAPACITY)));
    await rename(temporary, file);
  } catch {
    // see above
  }
}
