export type { Acceleration, AccelerationDefaults } from "./acceleration.js";
export type { Adapter } from "./adapter.js";
export type {
  ArchitectureRule,
  EncodedPrompt,
  TextEncoderSizes,
  UNetSizes,
} from "./architectures/architecture.js";
export { architectureRule } from "./architectures/rules.js";
export { stableDiffusion } from "./architectures/sd.js";
export { stableDiffusionXl } from "./architectures/sdxl.js";
export type { AttentionMode } from "./attention-mode.js";
export type { PipelineComponents, TextEncoderModule } from "./components.js";
export {
  type Conditioning,
  type InputShapes,
  type PromptConditioning,
  stackConditionings,
  type WeightedConditioning,
} from "./conditioning.js";
export type { Control, ResolvedControl } from "./control/control.js";
export type { Dtype, DtypeChoice } from "./dtype.js";
export { type PipelineErrorCode, pipelineErrors, pipelineWarnings } from "./errors.js";
export type { ProgressEvent, ProgressListener, Stage } from "./events.js";
export type { GenerateOptions, RunControl, SchedulerOptions } from "./generate-options.js";
export { classifierFreeGuidance, guide, rescaleGuided } from "./guidance/classifier-free.js";
export type { Evaluate, Guidance, GuidanceStep, GuidedConditionings } from "./guidance/guidance.js";
export { noGuidance } from "./guidance/none.js";
export type { Hires, HiresOptions, HiresUpscaler } from "./hires/hires-options.js";
export { identityOf } from "./identity.js";
export { fitPreviewFactors, linearPreview, type PreviewFactors } from "./linear-preview.js";
export { type LoraScales, loraAdapter } from "./lora-adapter.js";
export type { NamedEmbedding } from "./named-embedding.js";
export type { NegativeMethod, NegativePrompt, NegativeUse } from "./negative/negative-method.js";
export type { NetworkName, NetworkPasses } from "./network-name.js";
export { type NoiseSource, noiseSource, type RandomSource } from "./noise.js";
export { openTextEncoders } from "./open-text-encoders.js";
export { type GenerateResult, Pipeline } from "./pipeline.js";
export type { Request } from "./request.js";
export type {
  Decoder,
  ModelDefaults,
  PreviewMode,
  PromptSyntax,
  RequestSettings,
} from "./request-settings.js";
export type { Timings } from "./run.js";

export {
  type CropOffset,
  type ImageSize,
  plainSize,
  type SizeConditioning,
  type SizeConditionings,
  type SizeOptions,
  sizeConditionings,
} from "./size-conditioning.js";

export type { TileSizes, VaeTiling } from "./tiling/vae-tiling.js";
