// Everything that needs onnxruntime-node's native library.
import { env } from "onnxruntime-node";

export { checkDevice } from "./check-device.js";
export { loadNative } from "./native-session.js";
export { sessionOptions } from "./session-options.js";

/** ONNX Runtime's version. */
export const version = env.versions.node ?? env.versions.common;
