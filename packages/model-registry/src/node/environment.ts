// The environment variables of Python's huggingface_hub (constants.py, utils/_auth.py), with its precedence.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Environment, expandPath, userCacheFolder } from "@sunstep/files/node";
import { defaultHubEndpoint } from "../hub-url.js";

const hubHome = (env: Environment) =>
  expandPath(env.HF_HOME || join(userCacheFolder(env), "huggingface"), env);

/** Returns the folder that holds `models--owner--name`. */
export function hubCacheFolder(env: Environment): string {
  const folder = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(hubHome(env), "hub");
  return resolve(expandPath(folder, env));
}

export function hubEndpoint(env: Environment): string {
  return (env.HF_ENDPOINT || defaultHubEndpoint).replace(/\/+$/, "");
}

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? "");

export const isOffline = (env: Environment): boolean =>
  isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE);
export const symlinksDisabled = (env: Environment): boolean => isTrue(env.HF_HUB_DISABLE_SYMLINKS);

/** Returns HF_TOKEN, else the token that `hf auth login` wrote. */
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
