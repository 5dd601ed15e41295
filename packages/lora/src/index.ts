export { addLoras, type ScaledLora } from "./add-loras.js";
export { type LoraErrorCode, loraErrors, loraWarnings } from "./errors.js";
export { type Lora, type LoraTarget, readLora } from "./read.js";
