export { checkAborted, checkFeeds } from "./check-feeds.js";
export { RUNTIME_ERRORS, type RuntimeErrorCode, runtimeError } from "./errors.js";
export type {
  LoadEvent,
  LoadOptions,
  RunOptions,
  Runtime,
  Session,
  TensorSpec,
} from "./runtime.js";
export { tensorSpecs } from "./tensor-specs.js";
