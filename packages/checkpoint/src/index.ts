export { type ByteSource, blobSource, memorySource } from "@sunstep/files";
export { checkFinite } from "./check-finite.js";
export type {
  Architecture,
  Checkpoint,
  Component,
  ComponentConfigs,
  ComponentKind,
  TokenizerFiles,
} from "./checkpoint.js";
export { type ClipTextConfig, parseClipTextConfig } from "./config/clip-text.js";
export { parseSchedulerConfig, type SchedulerConfig } from "./config/scheduler.js";
export { parseTaesdConfig, type TaesdConfig } from "./config/taesd.js";
export { parseUNetConfig, type UNetConfig } from "./config/unet.js";
export { parseVaeConfig, type VaeConfig } from "./config/vae.js";
export { type ComponentOptions, type OpenedComponent, openComponent } from "./diffusers/component.js";
export { openShards } from "./diffusers/weight-files.js";
export { checkpointErrors } from "./errors.js";
export { blobTree, type FileTree, readJsonFile } from "./file-tree.js";
export { type FileIdentity, type FileKind, identify } from "./identify.js";
export { type Json, type JsonObject, parseJsonObject } from "./json.js";
export type { SingleFileOptions } from "./ldm/open.js";
export type { PredictionType } from "./ldm/scheduler.js";
export { type Lora, type LoraModel, type LoraTarget, readLora } from "./lora/read.js";
export type { LoraComponent } from "./lora/tensor-names.js";
export { type OpenCheckpointOptions, openCheckpoint } from "./open-checkpoint.js";
export { readWeight } from "./read-weight.js";
export type { TensorEntry } from "./safetensors/header.js";
export { openSafetensors, type SafetensorsFile } from "./safetensors/open.js";
export { writeSafetensors } from "./safetensors/write.js";
export type { WeightRef, Weights } from "./weights.js";
