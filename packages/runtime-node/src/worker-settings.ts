import type { NodeDevice } from "./devices.js";
import type { PreparedCacheOptions } from "./prepared/cache-folder.js";

/** What the thread is told when it starts. */
export interface WorkerSettings {
  readonly device: Exclude<NodeDevice, "auto">;
  readonly threads?: number;
  readonly cache: PreparedCacheOptions | false;
}
