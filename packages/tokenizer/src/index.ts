export { type AddedWord, addWords } from "./added-words/add-words.js";
export { type FoundWord, wordFinder } from "./added-words/find-words.js";
export {
  type ClipTokenizer,
  createTokenizer,
  type TokenizerFiles,
  type TokenizerOptions,
} from "./bpe/create-tokenizer.js";
export type { Encoding } from "./bpe/fit-tokens.js";
export { clipTokenizerFiles } from "./clip/clip-vocabulary.js";
export { tokenizerErrors } from "./errors.js";
export type { JsonSource } from "./json.js";
export { alignChunks } from "./prompts/align-chunks.js";
export { applyTokenWeights } from "./prompts/apply-token-weights.js";
export { type ComposedPart, composedPrompts } from "./prompts/composed-prompts.js";
export {
  emptyChunk,
  encodeWeighted,
  type PromptChunk,
  type WeightedEncoding,
} from "./prompts/encode-weighted.js";
export { type PromptBreak, type PromptPart, type PromptText, parsePrompt } from "./prompts/parse-prompt.js";
export { type DirectedPrompt, type PromptDirective, promptDirectives } from "./prompts/prompt-directives.js";
export {
  type PromptSchedule,
  promptSchedule,
  type ScheduledText,
  scheduledText,
} from "./prompts/prompt-schedule.js";
