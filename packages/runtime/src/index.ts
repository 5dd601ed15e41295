export { checkAborted, checkFeeds, checkKeep } from "./check-feeds.js";
export { RUNTIME_ERRORS, type RuntimeErrorCode, runtimeError } from "./errors.js";
export { type Feeds, isKept, type KeptTensor } from "./kept-tensor.js";
export type {
  KeepingResult,
  LoadEvent,
  LoadOptions,
  RunOptions,
  Runtime,
  Session,
  TensorSpec,
} from "./runtime.js";
export { tensorSpecs } from "./tensor-specs.js";
