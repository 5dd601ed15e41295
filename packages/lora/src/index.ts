export { addLoras, type ScaledLora } from "./add-loras.js";
export type { BundledEmbedding } from "./bundled-embeddings.js";
export { type LoraErrorCode, loraErrors, loraWarnings } from "./errors.js";
export type { Lora, LoraTarget, Magnitude, Update } from "./lora.js";
export { type OpenLoraOptions, openLora } from "./open.js";
export { type ReadLoraOptions, readLora } from "./read.js";
