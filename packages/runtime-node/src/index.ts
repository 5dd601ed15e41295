export { type NodeDevice, nodeDevices } from "./devices.js";
export { createNodeRuntime, type NodeRuntimeOptions } from "./node-runtime.js";
