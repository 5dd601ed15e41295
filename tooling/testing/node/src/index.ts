export { type AllcloseOptions, allclose } from "./allclose.js";
export { countingRuntime } from "./counting-runtime.js";
export { type Damage, damages } from "./damage.js";
export { type OpenedFile, silentDamages } from "./damaged-files.js";
export { fixture } from "./fixture.js";
export { type GoldenTensor, readSafetensors } from "./read-safetensors.js";
export { type RunReadmeOptions, runReadmeExample } from "./readme-example.js";
export { type KindChecker, type ReferenceCase, referenceCases } from "./reference-cases.js";
export { type OnnxSession, openOnnx, type RunOnnxOptions, type RunTensor, runOnnx } from "./run-onnx.js";
