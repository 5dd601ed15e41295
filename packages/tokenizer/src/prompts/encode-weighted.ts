// Prompts of any length as chunks for the text encoder, filled as AUTOMATIC1111 does (modules/sd_hijack_clip.py,
// tokenize_line): 75 tokens each; a chunk that is full is cut after its last comma if that is near. An added word stays in
// one chunk.

import type { ClipTokenizer } from "../bpe/create-tokenizer.js";
import { parsePrompt } from "./parse-prompt.js";

/** One input of the text encoder. */
export interface PromptChunk {
  /** `maxLength` ids: start token, text, end token, padding. */
  readonly ids: readonly number[];
  /** A weight per id; 1 for start, end and padding. */
  readonly weights: readonly number[];
}

export interface WeightedEncoding {
  /** At least one. */
  readonly chunks: readonly PromptChunk[];
  /** Tokens of the text, without start, end and padding. */
  readonly tokenCount: number;
}

/** Distance in tokens within which a full chunk breaks after its last comma: AUTOMATIC1111's default. */
const COMMA_BACKTRACK = 20;

interface WeightedToken {
  readonly id: number;
  readonly weight: number;
}

/** Encodes a prompt in AUTOMATIC1111's grammar, of any length, as chunks with a weight per token. */
export function encodeWeighted(tokenizer: ClipTokenizer, prompt: string): WeightedEncoding {
  const room = tokenizer.maxLength - 2;
  const chunks: PromptChunk[] = [];
  let tokenCount = 0;
  let open: WeightedToken[] = [];
  let lastComma = -1;

  const close = (kept: number) => {
    chunks.push(finishChunk(tokenizer, open.slice(0, kept)));
    open = open.slice(kept);
    lastComma = -1;
  };

  tokenizer.checkLength(prompt);
  for (const part of parsePrompt(prompt)) {
    if (part.kind === "break") {
      close(open.length);
      continue;
    }
    for (const id of tokenizer.tokenize(part.text)) {
      tokenCount++;
      if (id === tokenizer.commaTokenId) {
        lastComma = open.length;
      } else if (open.length === room && lastComma !== -1 && open.length - lastComma <= COMMA_BACKTRACK) {
        close(lastComma + 1);
      }
      if (open.length === room || (open.length > 0 && open.length + tokenizer.wordLength(id) > room))
        close(open.length);
      open.push({ id, weight: part.weight });
    }
  }
  if (open.length > 0 || chunks.length === 0) close(open.length);
  return { chunks, tokenCount };
}

/** The chunk of an empty prompt: what shorter prompts are filled up with. */
export function emptyChunk(tokenizer: ClipTokenizer): PromptChunk {
  return finishChunk(tokenizer, []);
}

function finishChunk(
  { bosTokenId, eosTokenId, padTokenId, maxLength }: ClipTokenizer,
  tokens: readonly WeightedToken[],
): PromptChunk {
  const ids = [bosTokenId, ...tokens.map(({ id }) => id), eosTokenId];
  // Everything after the first end token is padding, also where the prompt itself holds an end token: the original
  // does so (process_tokens) because the text encoder looks for the first one.
  if (eosTokenId !== padTokenId) ids.fill(padTokenId, ids.indexOf(eosTokenId) + 1);
  const weights = [1, ...tokens.map(({ weight }) => weight), 1];
  while (ids.length < maxLength) {
    ids.push(padTokenId);
    weights.push(1);
  }
  return { ids, weights };
}
