// The types of both entries: Node's and browsers' have the same names.
export type { Architecture } from "@sunstep/checkpoint";
export type { ErrorDetails, SunstepWarning } from "@sunstep/errors";
export type { DecodedImage, RgbImage } from "@sunstep/image";
export type { ModelEntry, ProgressEvent as DownloadEvent } from "@sunstep/model-registry";
export type {
  Acceleration,
  Adapter,
  AttentionMode,
  Conditioning,
  CropOffset,
  Decoder,
  Dtype,
  DtypeChoice,
  Guidance,
  HiresOptions,
  HiresUpscaler,
  ImageSize,
  ModelDefaults,
  NegativeMethod,
  NetworkName,
  NetworkPasses,
  PreviewMode,
  ProgressEvent,
  ProgressListener,
  PromptConditioning,
  Request,
  Stage,
} from "@sunstep/pipeline";
export type { DeviceReport, Runtime } from "@sunstep/runtime";
export type { NodeDevice, PreparedCacheOptions } from "@sunstep/runtime-node";
export type { WebDevice } from "@sunstep/runtime-web";
export type { PredictionType, SchedulerConfig } from "@sunstep/scheduler";
export type { ControlImage } from "./adapters/loaded-controlnets.js";
export type { NegativeOption } from "./adapters/negative-option.js";
export type { GeneratedImage } from "./generated-image.js";
export type {
  AccelerationSource,
  ControlNetSource,
  EmbeddingSource,
  LoraSource,
} from "./loading/load-options.js";
export type { AdapterSource, ModelSource } from "./loading/model-source.js";
export type {
  GenerateResult,
  LoadAdapterOptions,
  LoadControlNetOptions,
  LoadLoraOptions,
} from "./model-options.js";
export type { NamedScale } from "./parameters/parameters-text.js";
export type { FoundScheduler } from "./parameters/sampler-names.js";
export type { ImageParameters, ReadParametersOptions } from "./parameters/sun-parameters.js";
export type { FromPretrainedOptions, GenerateOptions, LoadSunOptions } from "./sun-model.js";
