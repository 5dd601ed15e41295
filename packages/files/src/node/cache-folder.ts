// Where programs of a user keep what they can make or download again.

import { lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the user's home folder. Undefined where the system knows none: in a container that runs as a user without an
 * entry in its list of users (OpenShift, `docker run --user 1234`).
 */
function homeFolder(env: Environment): string | undefined {
  if (env.HOME) return env.HOME;
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** Returns the folder of the user's caches: XDG_CACHE_HOME, else `.cache` at home, else one in the temporary folder. */
export function userCacheFolder(env: Environment): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  const home = homeFolder(env);
  return home === undefined ? temporaryCache() : join(home, ".cache");
}

/** Returns the folder of everything that sunstep caches itself: SUNSTEP_CACHE, else `sunstep` among the user's caches. */
export function sunstepCacheFolder(env: Environment): string {
  return resolve(expandPath(env.SUNSTEP_CACHE || join(userCacheFolder(env), "sunstep"), env));
}

/** Replaces `~` at the start, as Python's `os.path.expanduser`: the path stays as it is where the user has no home. */
export const expandHome = (path: string, env: Environment): string =>
  path.replace(/^~(?=$|[\\/])/, () => homeFolder(env) ?? "~");

/** Replaces `~`, `$NAME` and `${NAME}`, as Python's `os.path.expandvars(os.path.expanduser(path))`. */
export function expandPath(path: string, env: Environment): string {
  return expandHome(path, env).replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain?: string, braced?: string) => {
    return env[plain ?? braced ?? ""] ?? text;
  });
}

let temporary: string | undefined;

/** One folder for all processes of the user, unless another user has taken its name; the process is warned once. */
function temporaryCache(): string {
  if (temporary === undefined) {
    const named = join(tmpdir(), `sunstep-cache-${process.getuid?.() ?? "user"}`);
    temporary = isOwn(named) ? named : mkdtempSync(`${named}-`);
    process.emitWarning(
      `this user has no home folder, so models are cached in ${temporary}. Set SUNSTEP_CACHE and HF_HUB_CACHE to folders that stay`,
      { type: "SunstepWarning", code: "NO_HOME_FOLDER" },
    );
  }
  return temporary;
}

/** Makes the folder for this user alone. False if it is, or may be, another user's, who could put models there. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // A folder that cannot be created cannot be written either; the first download reports it.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return true;
  }
  const info = lstatSync(folder);
  const uid = process.getuid?.();
  return info.isDirectory() && (uid === undefined || (info.uid === uid && (info.mode & 0o022) === 0));
}
