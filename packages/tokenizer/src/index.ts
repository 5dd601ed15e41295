export { alignChunks } from "./align-chunks.js";
export { type ApplyTokenWeightsOptions, applyTokenWeights } from "./apply-token-weights.js";
export { clipTokenizerFiles } from "./clip-vocabulary.js";
export {
  type ClipTokenizer,
  createTokenizer,
  type Encoding,
  type TokenizerFiles,
  type TokenizerOptions,
} from "./create-tokenizer.js";
export {
  type EncodeWeightedOptions,
  emptyChunk,
  encodeWeighted,
  type PromptChunk,
  type WeightedEncoding,
} from "./encode-weighted.js";
export { tokenizerErrors } from "./errors.js";
export type { JsonSource } from "./json.js";
export { type PromptBreak, type PromptPart, type PromptText, parsePrompt } from "./parse-prompt.js";
