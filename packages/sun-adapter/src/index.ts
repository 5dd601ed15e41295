export { type AddSunOptions, addSunAdapter } from "./add-sun-adapter.js";
export type { SunNorm } from "./emit-branch.js";
export { type SunErrorCode, sunErrors } from "./errors.js";
export { readSunAdapter } from "./read.js";
export { type RequiredTensor, requiredTensors } from "./required-tensors.js";
export type { SunAdapter, SunBranch, SunLayer } from "./sun-adapter.js";
export { type SunTensor, type WriteSunAdapterOptions, writeSunAdapter } from "./write.js";
