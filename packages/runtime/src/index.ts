export { checkFeeds, checkKeep } from "./check-feeds.js";
export { type RuntimeErrorCode, runtimeError, runtimeErrors } from "./errors.js";
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
