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
export type { GeneratedImage } from "./generated-image.js";
export type { AccelerationSource, ControlNetSource, EmbeddingSource, LoraSource } from "./load-options.js";
export type { ControlImage } from "./loaded-controlnets.js";
export type {
  GenerateResult,
  LoadAdapterOptions,
  LoadControlNetOptions,
  LoadLoraOptions,
} from "./loaded-model.js";
export type { AdapterSource, ModelSource } from "./model-source.js";
export type { NegativeOption } from "./negative-option.js";
export type { NamedScale } from "./parameters-text.js";
export type { FoundScheduler } from "./sampler-names.js";
export type { FromPretrainedOptions, GenerateOptions, LoadSunOptions } from "./sun-model.js";
export type { ImageParameters, ReadParametersOptions } from "./sun-parameters.js";
