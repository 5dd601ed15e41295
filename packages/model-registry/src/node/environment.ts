// The environment variables of Python's huggingface_hub (constants.py, utils/_auth.py), with its precedence.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { defaultHubEndpoint } from "../hub-url.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export const expandHome = (path: string, env: Environment): string =>
  path.replace(/^~(?=$|[\\/])/, () => home(env));

/** As Python's `os.path.expandvars(os.path.expanduser(path))`. */
function expandPath(path: string, env: Environment): string {
  return expandHome(path, env).replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain?: string, braced?: string) => {
    return env[plain ?? braced ?? ""] ?? text;
  });
}

const home = (env: Environment) => env.HOME || homedir();
const userCache = (env: Environment) => env.XDG_CACHE_HOME || join(home(env), ".cache");
const hubHome = (env: Environment) => expandPath(env.HF_HOME || join(userCache(env), "huggingface"), env);

/** The folder that holds `models--owner--name`. */
export function hubCacheFolder(env: Environment): string {
  const folder = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(hubHome(env), "hub");
  return resolve(expandPath(folder, env));
}

/** The folder of everything that sunstep caches itself. */
export function sunstepCacheFolder(env: Environment): string {
  return resolve(expandPath(env.SUNSTEP_CACHE || join(userCache(env), "sunstep"), env));
}

export function hubEndpoint(env: Environment): string {
  return (env.HF_ENDPOINT || defaultHubEndpoint).replace(/\/+$/, "");
}

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? "");

export const isOffline = (env: Environment): boolean =>
  isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE);
export const symlinksDisabled = (env: Environment): boolean => isTrue(env.HF_HUB_DISABLE_SYMLINKS);

/** HF_TOKEN, else what `hf auth login` wrote. */
export function hubToken(env: Environment): string | undefined {
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const token = clean(env.HF_TOKEN) ?? clean(env.HUGGING_FACE_HUB_TOKEN);
  if (token !== undefined) return token;
  try {
    return clean(readFileSync(expandPath(env.HF_TOKEN_PATH || join(hubHome(env), "token"), env), "utf8"));
  } catch {
    return undefined;
  }
}

const clean = (token: string | undefined) => token?.replace(/[\r\n]/g, "").trim() || undefined;
