export type { Acceleration, AccelerationDefaults } from "./acceleration.js";
export type {
  ArchitectureRule,
  EncodedPrompt,
  TextEncoderSizes,
  UNetSizes,
} from "./architectures/architecture.js";
export { architectureRule } from "./architectures/rules.js";
export { stableDiffusion } from "./architectures/sd.js";
export { stableDiffusionXl } from "./architectures/sdxl.js";
export type { PipelineComponents, TextEncoderModule } from "./components.js";
export type { Control, ResolvedControl } from "./control/control.js";
export { type PipelineErrorCode, pipelineErrors, pipelineWarnings } from "./errors.js";
export type { ProgressEvent, ProgressListener, Stage } from "./events.js";
export { classifierFreeGuidance, guide, rescaleGuided } from "./guidance/classifier-free.js";
export type { Evaluate, Guidance, GuidanceStep, GuidedConditionings } from "./guidance/guidance.js";
export { noGuidance } from "./guidance/none.js";
export type { Hires, HiresOptions, HiresUpscaler } from "./hires/hires-options.js";
export { fitPreviewFactors, linearPreview, type PreviewFactors } from "./latents/linear-preview.js";
export { type NoiseSource, noiseSource, type RandomSource } from "./latents/noise.js";
export type { NegativeMethod, NegativePrompt, NegativeUse } from "./negative/negative-method.js";
export { type GenerateResult, Pipeline } from "./pipeline.js";
export {
  type Conditioning,
  type InputShapes,
  type PromptConditioning,
  stackConditionings,
  type WeightedConditioning,
} from "./prompts/conditioning.js";
export type { NamedEmbedding } from "./prompts/named-embedding.js";
export { openTextEncoders } from "./prompts/open-text-encoders.js";
export type { GenerateOptions, RunControl, SchedulerOptions } from "./request/generate-options.js";
export type { Request } from "./request/request.js";
export type {
  Decoder,
  ModelDefaults,
  PreviewMode,
  PromptSyntax,
  RequestSettings,
} from "./request/request-settings.js";
export {
  type CropOffset,
  type ImageSize,
  plainSize,
  type SizeConditioning,
  type SizeConditionings,
  type SizeOptions,
  sizeConditionings,
} from "./request/size-conditioning.js";
export type { Timings } from "./run.js";
export type { Adapter } from "./sessions/adapter.js";
export type { AttentionMode } from "./sessions/attention-mode.js";
export type { Dtype, DtypeChoice } from "./sessions/dtype.js";
export { identityOf } from "./sessions/identity.js";
export { type LoraScales, loraAdapter } from "./sessions/lora-adapter.js";
export type { NetworkName, NetworkPasses } from "./sessions/network-name.js";

export type { TileSizes, VaeTiling } from "./tiling/vae-tiling.js";
