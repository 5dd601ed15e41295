export { detectDevices } from "./detect-devices.js";
export { type NodeDevice, nodeDevices } from "./devices.js";
export { createNodeRuntime, type NodeRuntimeOptions } from "./node-runtime.js";
export {
  clearPreparedCache,
  type PreparedCacheEntry,
  type PreparedCacheInfo,
  preparedCacheInfo,
} from "./prepared/cache.js";
export { cacheFolder as preparedCacheFolder, type PreparedCacheOptions } from "./prepared/cache-folder.js";
