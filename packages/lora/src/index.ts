export { addLoras, type ScaledLora } from "./add-loras.js";
export { LORA_ERRORS, type LoraErrorCode } from "./errors.js";
