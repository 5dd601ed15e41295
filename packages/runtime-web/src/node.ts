export { createWasmRuntime, type WasmRuntimeOptions } from "./node/wasm-runtime.js";
