import type { ClipTokenizer } from "../bpe/create-tokenizer.js";
import { fitTokens } from "../bpe/fit-tokens.js";
import { wordFinder } from "./find-words.js";

/** A word that stands for tokens of its own, which no vocabulary has: a textual inversion (arXiv 2208.01618). */
export interface AddedWord {
  readonly name: string;
  /** Its tokens, at least 1. */
  readonly length: number;
}

/**
 * Returns a tokenizer that also knows `words`, in any case and behind "embedding:". Their tokens have the ids that follow the
 * vocabulary, in the order of the list, as diffusers numbers them.
 */
export function addWords(tokenizer: ClipTokenizer, words: readonly AddedWord[]): ClipTokenizer {
  if (words.length === 0) return tokenizer;
  const find = wordFinder(words.map(({ name }) => name));
  const ids: number[][] = [];
  let next = tokenizer.vocabularySize;
  for (const { length } of words) {
    ids.push(Array.from({ length }, (_, i) => next + i));
    next += length;
  }
  const byFirst = new Map(ids.map((list, word) => [list[0]!, words[word]!]));

  const tokenize = (text: string): number[] => {
    tokenizer.checkLength(text);
    const tokens: number[] = [];
    let from = 0;
    for (const { word, start, end } of find(text)) {
      tokens.push(...tokenizer.tokenize(text.slice(from, start)), ...ids[word]!);
      from = end;
    }
    tokens.push(...tokenizer.tokenize(text.slice(from)));
    return tokens;
  };

  const decode: ClipTokenizer["decode"] = (tokens, options) => {
    const texts: string[] = [];
    let run: number[] = [];
    const close = () => {
      if (run.length > 0) texts.push(tokenizer.decode(run, options));
      run = [];
    };
    for (const id of tokens) {
      if (id < tokenizer.vocabularySize || id >= next) run.push(id);
      else {
        close();
        texts.push(byFirst.get(id)?.name ?? "");
      }
    }
    close();
    return texts.filter((text) => text !== "").join(" ");
  };

  return {
    ...tokenizer,
    vocabularySize: next,
    wordLength: (id) => byFirst.get(id)?.length ?? tokenizer.wordLength(id),
    tokenize,
    encode: (text) => fitTokens(tokenize(text), tokenizer, decode),
    decode,
  };
}
