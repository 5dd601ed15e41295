export { sunstepCacheFolder } from "@sunstep/files/node";
export { type CachedModel, type CacheOptions, listCached, removeModel } from "./node/cached-models.js";
export { hubCacheFolder } from "./node/environment.js";
export type { ResolveOptions } from "./node/options.js";
export { resolveModel } from "./node/resolve-model.js";
export type { ModelOrigin, ResolvedFile, ResolvedModel } from "./node/resolved-model.js";
