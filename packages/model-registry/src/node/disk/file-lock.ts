// One process downloads a file, the others wait for it. Python's locks are flock(2), which Node does not have: a lock
// here is a file of our own, created exclusively, that names its holder and is touched as long as the holder lives.
// Correctness does not depend on it: files are renamed into place whole, and writers of one hash write the same bytes.

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { wait } from "../../retry.js";
import { writingCache } from "./cache-files.js";
import { errorCode } from "./error-code.js";

const touchEvery = 5_000;
/** Milliseconds without a touch after which a lock counts as abandoned. */
const staleAfter = 20_000;
const pollEvery = 100;

/** The process that holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

interface Holder extends LockHolder {
  readonly id: string;
  /** Start of the process in milliseconds since 1970: processes of a restarted container get the same numbers again. */
  readonly started: number;
}

const thisProcess = (): Omit<Holder, "id"> => ({
  pid: process.pid,
  host: hostname(),
  started: Math.round(Date.now() - process.uptime() * 1000),
});

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if the lock is held by another. */
  readonly onWait?: (holder: LockHolder) => void;
}

/** Runs `action` while holding the lock file `path`; waits for another holder, of this process or another. */
export async function withFileLock<T>(
  path: string,
  { signal, onWait }: LockOptions,
  action: () => Promise<T>,
): Promise<T> {
  const holder: Holder = { id: randomUUID(), ...thisProcess() };
  await writingCache(path, () => mkdir(dirname(path), { recursive: true }));
  await takeLock(path, holder, { signal, ...(onWait && { onWait }) });
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, touchEvery);
  touching.unref();
  try {
    return await action();
  } finally {
    clearInterval(touching);
    if ((await readHolder(path))?.id === holder.id) await rm(path, { force: true });
  }
}

async function takeLock(path: string, holder: Holder, { signal, onWait }: LockOptions): Promise<void> {
  const watch = watchTouches(path);
  for (let told = false; !(await writingCache(path, () => createLock(path, holder))); ) {
    const other = await readHolder(path);
    if (other && (isDead(other) || (await watch()))) {
      await removeLock(path, other);
      continue;
    }
    if (other && !told) onWait?.({ pid: other.pid, host: other.host });
    told ||= other !== undefined;
    await wait(pollEvery, signal);
  }
}

/** Creates the lock exclusively, which every file system supports; a hard link would show its content at once, but not all do. */
async function createLock(path: string, holder: Holder): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(JSON.stringify(holder));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function removeLock(path: string, holder: Holder): Promise<void> {
  // Another waiter may have replaced the stale lock meanwhile: the lock that was moved away is read again.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readHolder(aside))?.id !== holder.id) await copyFile(aside, path, constants.COPYFILE_EXCL);
  } catch {
    // Another waiter removed the lock or took it: the next round tells.
  } finally {
    await rm(aside, { force: true });
  }
}

/** Tells that a holder on this machine has ended. For other machines and containers only touches count. */
function isDead({ pid, host, started }: Holder): boolean {
  const own = thisProcess();
  if (host !== own.host) return false;
  if (pid === own.pid) return Math.abs(started - own.started) > 2000;
  return !isRunning(pid);
}

/**
 * Returns a function that tells whether a lock has not been touched for too long: by its modification time, or by
 * observation, since another machine's clock may set that time.
 */
function watchTouches(path: string): () => Promise<boolean> {
  let seen: number | undefined;
  let since = performance.now();
  return async () => {
    const touched = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (touched === undefined) return false;
    if (touched !== seen) since = performance.now();
    seen = touched;
    return Date.now() - touched > 3 * staleAfter || performance.now() - since > staleAfter;
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** Stands for a lock whose content is not written yet or malformed. */
const unknownHolder: Holder = { id: "", pid: -1, host: "", started: 0 };

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, "utf8"));
    return isHolder(holder) ? holder : unknownHolder;
  } catch (error) {
    return error instanceof SyntaxError ? unknownHolder : undefined;
  }
}

const isHolder = (value: unknown): value is Holder =>
  typeof value === "object" &&
  value !== null &&
  "id" in value &&
  typeof value.id === "string" &&
  "pid" in value &&
  Number.isInteger(value.pid) &&
  "host" in value &&
  typeof value.host === "string" &&
  "started" in value &&
  typeof value.started === "number";
