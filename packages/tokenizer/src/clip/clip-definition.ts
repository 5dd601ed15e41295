// The content of a `tokenizer.json`: the steps that transformers 5 builds for every CLIPTokenizer
// (models/clip/tokenization_clip.py), written for @huggingface/tokenizers.

import type { Merge } from "../bpe/merges.js";
import type { SpecialTokens } from "../bpe/special-tokens.js";
import { unicode17Letters } from "../bpe/unicode-17.js";
import type { Vocabulary } from "../bpe/vocabulary.js";

export const endOfWord = "</w>";

const newLetters = unicode17Letters
  .map((range) => range.map((point) => String.fromCodePoint(point)).join("-"))
  .join("");
const letters = `(?:(?![${newLetters}])\\p{L})+`;
const number = `(?![${newLetters}])\\p{N}`;
const symbols = `(?:[^\\s\\p{L}\\p{N}]|[${newLetters}])+`;
const contractions = "'s|'t|'re|'ve|'m|'ll|'d";

const split = (regex: string) => ({
  type: "Split",
  pattern: { Regex: regex },
  behavior: "Removed",
  invert: true,
});

export function clipDefinition(
  vocabulary: Vocabulary,
  merges: readonly Merge[],
  { added, unk }: SpecialTokens,
): object {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.filter((token) => token.normalized),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFC" },
        { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
        // The original lowercases each character alone; JavaScript would write a final sigma at the end of a word.
        { type: "Replace", pattern: { String: "Σ" }, content: "σ" },
        { type: "Lowercase" },
      ],
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        split(`<\\|startoftext\\|>|<\\|endoftext\\|>|${contractions}|${letters}|${number}|${symbols}`),
        // GPT-2's pattern, which the original's ByteLevel step applies to what the first one left.
        split(`${contractions}|${letters}|(?:${number})+|${symbols}`),
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unk.content,
      continuing_subword_prefix: "",
      end_of_word_suffix: endOfWord,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...vocabulary, ...added.map(({ content, id }) => [content, id] as const)]),
      merges: merges.map(({ pair }) => pair),
    },
  };
}
