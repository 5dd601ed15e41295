import type { ClipTokenizer } from "../bpe/create-tokenizer.js";
import { emptyChunk, type PromptChunk } from "./encode-weighted.js";

/**
 * Fills the shorter prompts up with empty chunks, so that all have as many as the longest: prompts of one batch, or a
 * prompt and its negative prompt, must have the same number of tokens. `least` is a number that all get at least.
 */
export function alignChunks(
  tokenizer: ClipTokenizer,
  prompts: readonly (readonly PromptChunk[])[],
  least = 1,
): PromptChunk[][] {
  const longest = prompts.reduce((most, chunks) => Math.max(most, chunks.length), least);
  const empty = emptyChunk(tokenizer);
  return prompts.map((chunks) => [...chunks, ...Array<PromptChunk>(longest - chunks.length).fill(empty)]);
}
