export { checkSunAdapter } from "./check-sun-adapter.js";
export { type PipelineErrorCode, pipelineErrors } from "./errors.js";
export type { ProgressEvent, ProgressListener, Stage } from "./events.js";
export { guide, rescaleGuided } from "./guidance.js";
export { type NoiseSource, noiseSource, type RandomSource } from "./noise.js";
export type { PipelineParts } from "./parts.js";
export { type GenerateResult, Pipeline } from "./pipeline.js";
export { fitPreviewFactors, linearPreview, type PreviewFactors } from "./preview.js";
export type { Decoder, GenerateOptions, ModelDefaults, PreviewMode, Request } from "./request.js";
