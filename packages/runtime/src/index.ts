export { checkFeeds, checkKeepOnDevice, checkVariants } from "./check-feeds.js";
export { DeviceMemory, type DeviceMemoryBackend } from "./device-memory.js";
export type { DeviceReport } from "./device-report.js";
export {
  type DeviceTensor,
  deviceTensors,
  type Feeds,
  hostTensors,
  isDeviceTensor,
  type Results,
} from "./device-tensor.js";
export { type RuntimeErrorCode, runtimeError, runtimeErrors } from "./errors.js";
export type {
  LoadEvent,
  LoadOptions,
  RunOptions,
  Runtime,
  Session,
  TensorSpec,
  Variants,
} from "./runtime.js";
export { createSession, type SessionBackend } from "./session.js";
export { tensorSpecs } from "./tensor-specs.js";
