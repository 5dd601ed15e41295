export {
  type Environment,
  expandHome,
  expandPath,
  sunstepCacheFolder,
  userCacheFolder,
} from "./node/cache-folder.js";
export { fileOfSize, fileSource } from "./node/file-source.js";
export { flush, flushFile } from "./node/flush.js";
export { requireSpace } from "./node/require-space.js";
export { moveIntoPlace, type WriteOptions, writeWhole } from "./node/write-whole.js";
export { writing } from "./node/writing.js";
