export { type ByteSource, blobSource, memorySource } from "@sunstep/files";
export { checkFinite } from "./check-finite.js";
export { checkSupportedFile } from "./check-supported-file.js";
export {
  type AdaptableWeights,
  type Architecture,
  adaptableWeights,
  architectureOf,
  type Checkpoint,
  type Component,
  type ComponentConfigs,
  type ComponentKind,
  type NetworkName,
  type PredictionType,
  type TextEncoder,
  type TextEncoderName,
  type TokenizerFiles,
} from "./checkpoint.js";
export { type ClipTextConfig, hasTextProjection, parseClipTextConfig } from "./config/clip-text.js";
export {
  type ControlNetConfig,
  parseControlNetConfig,
  type SkipConnection,
  skipConnections,
} from "./config/controlnet.js";
export { parseTaesdConfig, type TaesdConfig } from "./config/taesd.js";
export { parseUNetConfig, type TransformerDepths, type UNetConfig } from "./config/unet.js";
export {
  downDepth,
  midDepth,
  perBlock,
  pooledWidth,
  SIZE_NUMBERS,
  upDepth,
} from "./config/unet-blocks.js";
export { parseVaeConfig, type VaeConfig, vaeScaleFactor } from "./config/vae.js";
export { type ComponentOptions, type OpenedComponent, openComponent } from "./diffusers/component.js";
export {
  diffusersLayout,
  isGraphFolder,
  isPickle,
  parseWeightFileName,
  type WeightFileName,
  weightStems,
} from "./diffusers/layout.js";
export { checkDiffusersConfigs, checkGraphConfigs } from "./diffusers/open.js";
export { openShards } from "./diffusers/weight-files.js";
export { checkEmbedding } from "./embedding/check.js";
export { type Embedding, vectorCount } from "./embedding/embedding.js";
export { embeddingToken, openEmbedding, readEmbedding } from "./embedding/read.js";
export { checkpointErrors, checkpointWarnings } from "./errors.js";
export { expectedShapes } from "./expected-shapes/index.js";
export type { Shapes } from "./expected-shapes/shapes.js";
export { blobTree, type FileTree, readJsonFile } from "./file-tree.js";
export { type FileIdentity, type FileKind, identify, identityName } from "./identify.js";
export {
  describeJson,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  parseJsonObject,
} from "./json.js";
export type { SingleFileOptions } from "./ldm/open.js";
export { originalUNetNames } from "./ldm/original-names.js";
export { mixedTypes } from "./mixed-types.js";
export { listNames } from "./names.js";
export { type OpenCheckpointOptions, openCheckpoint } from "./open-checkpoint.js";
export { type OpenControlNetOptions, openControlNet } from "./open-controlnet.js";
export { type OpenedVae, type OpenVaeOptions, openVae } from "./open-vae.js";
export { readWeight } from "./read-weight.js";
export type { TensorEntry } from "./safetensors/header.js";
export { openSafetensors, type SafetensorsFile } from "./safetensors/open.js";
export { writeSafetensors } from "./safetensors/write.js";
export { type OpenTaesdOptions, openTaesd } from "./taesd/open.js";
export type { WeightRef, Weights } from "./weights.js";
