export { detectDevices, type WebDevice, webDevices } from "./devices.js";
export { createWebRuntime, type WebRuntimeOptions } from "./web-runtime.js";
