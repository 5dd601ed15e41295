// One process downloads a file, the others wait for it. Python's locks are flock(2), which Node does not have: a lock
// here is a file of our own, made exclusively, that names its holder and is touched as long as the holder lives.
// Correctness does not hang on it: files are renamed into place whole, and writers of one hash write the same bytes.

import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { wait } from "../../retry.js";
import { writingCache } from "./cache-files.js";
import { errorCode } from "./error-code.js";

const touchEvery = 5_000;
/** A holder that has not touched its lock for so long is gone, or stopped. */
const staleAfter = 60_000;
const pollEvery = 100;

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
}

/** Runs `action` while holding the lock file `path`; waits for another holder, of this process or another. */
export async function withFileLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const holder: Holder = { id: randomUUID(), pid: process.pid, host: hostname() };
  await writingCache(path, () => mkdir(dirname(path), { recursive: true }));
  while (!(await writingCache(path, () => tryLock(path, holder)))) {
    await removeStaleLock(path);
    await wait(pollEvery, signal);
  }
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

/** Makes the lock with its content in one step: written aside, then linked, which fails if the name is taken. */
async function tryLock(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.id}`;
  try {
    const file = await open(draft, "wx");
    try {
      await file.writeFile(JSON.stringify(holder));
    } finally {
      await file.close();
    }
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeStaleLock(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined || !(await isStale(path, holder))) return;
  // Another waiter may have replaced the stale lock meanwhile: what was moved away is looked at again.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readHolder(aside))?.id !== holder.id) await link(aside, path);
  } catch {
    // Gone already, or taken again: the next round sees.
  } finally {
    await rm(aside, { force: true });
  }
}

async function isStale(path: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname() && !isRunning(holder.pid)) return true;
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleAfter;
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, "utf8"));
    return isHolder(holder) ? holder : { id: "", pid: -1, host: "" };
  } catch (error) {
    return error instanceof SyntaxError ? { id: "", pid: -1, host: "" } : undefined;
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
  typeof value.host === "string";
