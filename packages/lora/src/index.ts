export { addLoras, type ScaledLora } from "./add-loras.js";
export { type LoraErrorCode, loraErrors } from "./errors.js";
