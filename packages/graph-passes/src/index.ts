export { type GraphPassErrorCode, graphPassErrors } from "./errors.js";
export { float16Nodes, trigonometricNodes } from "./lower/cpu-nodes.js";
export { lowerConvsForCpu, lowerForCpu } from "./lower/for-cpu.js";
export { lowerForWasm } from "./lower/for-wasm.js";
export { lowerForWebGpu, lowerForWebGpuInFloat16 } from "./lower/for-web-gpu.js";
export { lowerNormsToLayerNorm } from "./lower/instance-norm-to-layer-norm.js";
export { lowerToElementary } from "./lower/to-elementary.js";
export { raise } from "./raise/raise.js";
export { type InvariantSplit, splitInvariant } from "./split-invariant.js";
