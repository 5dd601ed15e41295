export { addLoras, type ScaledLora } from "./add-loras.js";
export { type LoraErrorCode, loraErrors, loraWarnings } from "./errors.js";
export { type OpenLoraOptions, openLora } from "./open.js";
export { type Lora, type LoraTarget, type ReadLoraOptions, readLora } from "./read.js";
