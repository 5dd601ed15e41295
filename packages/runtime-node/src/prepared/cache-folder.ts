import { join } from "node:path";
import { sunstepCacheFolder } from "@sunstep/files/node";

export interface PreparedCacheOptions {
  /** Default: `prepared` in SUNSTEP_CACHE, else in XDG_CACHE_HOME/sunstep, else in ~/.cache/sunstep. */
  readonly folder?: string;
  /** Least recently used entries are removed when all take more than this. Default: 20 GB. */
  readonly maxBytes?: number;
  /** Models with fewer bytes of float32 weights load in well under a second and are not prepared. Default: 100 MB. */
  readonly minWeightBytes?: number;
}

export const cacheDefaults = { maxBytes: 20e9, minWeightBytes: 100e6 } as const;

export function cacheFolder({ folder }: PreparedCacheOptions = {}): string {
  if (folder !== undefined) return folder;
  return join(sunstepCacheFolder(process.env), "prepared");
}
