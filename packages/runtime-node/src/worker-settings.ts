import type { NativeDevice } from "./devices.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";

/** The settings that the thread receives when it starts. */
export interface WorkerSettings {
  readonly device: NativeDevice;
  readonly threads?: number;
  readonly cache: PreparedCacheOptions | false;
}
