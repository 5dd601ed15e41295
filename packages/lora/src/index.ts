export { type LoraErrorCode, loraErrors, loraWarnings } from "./errors.js";
export { addLoras, type ScaledLora } from "./graph/add-loras.js";
export type { Lora, LoraTarget, Magnitude, Update } from "./lora.js";
export type { BundledEmbedding } from "./reading/bundled-embeddings.js";
export { type OpenLoraOptions, openLora } from "./reading/open.js";
export { type ReadLoraOptions, readLora } from "./reading/read.js";
