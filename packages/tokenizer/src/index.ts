export { type AddedWord, addWords } from "./add-words.js";
export { alignChunks } from "./align-chunks.js";
export { applyTokenWeights } from "./apply-token-weights.js";
export { clipTokenizerFiles } from "./clip-vocabulary.js";
export { type ComposedPart, composedPrompts } from "./composed-prompts.js";
export {
  type ClipTokenizer,
  createTokenizer,
  type TokenizerFiles,
  type TokenizerOptions,
} from "./create-tokenizer.js";
export {
  emptyChunk,
  encodeWeighted,
  type PromptChunk,
  type WeightedEncoding,
} from "./encode-weighted.js";
export { tokenizerErrors } from "./errors.js";
export { type FoundWord, wordFinder } from "./find-words.js";
export type { Encoding } from "./fit-tokens.js";
export type { JsonSource } from "./json.js";
export { type PromptBreak, type PromptPart, type PromptText, parsePrompt } from "./parse-prompt.js";
export { type DirectedPrompt, type PromptDirective, promptDirectives } from "./prompt-directives.js";
export { type PromptSchedule, promptSchedule, type ScheduledText, scheduledText } from "./prompt-schedule.js";
