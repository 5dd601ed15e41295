// CLIP's tokenizer over @huggingface/tokenizers, with the ids that transformers 5's CLIPTokenizer gives.

import { Tokenizer } from "@huggingface/tokenizers";
import { clipDefinition, endOfWord } from "../clip/clip-definition.js";
import { tokenizerError } from "../errors.js";
import { field, isObject, type JsonObject, type JsonSource, jsonObject } from "../json.js";
import { type Encoding, fitTokens } from "./fit-tokens.js";
import { checkMerges, type Merge, parseMergesList, parseMergesText } from "./merges.js";
import { resolveSpecialTokens } from "./special-tokens.js";
import { addedTokenSplitter } from "./split-added-tokens.js";
import { parseVocabulary, type Vocabulary } from "./vocabulary.js";

/** The files of a `tokenizer` folder: `vocab` and `merges`, or `tokenizer`; JSON parsed or as text. */
export interface TokenizerFiles {
  /** vocab.json */
  readonly vocab?: JsonSource | undefined;
  /** merges.txt */
  readonly merges?: string | undefined;
  /** tokenizer.json; read where `vocab` or `merges` is missing, and for its list of added tokens. */
  readonly tokenizer?: JsonSource | undefined;
  /** tokenizer_config.json */
  readonly tokenizerConfig?: JsonSource | undefined;
  /** special_tokens_map.json; tokenizer_config.json goes first. */
  readonly specialTokensMap?: JsonSource | undefined;
  /** added_tokens.json, as transformers before 5 writes it: ids by token. */
  readonly addedTokens?: JsonSource | undefined;
}

export interface TokenizerOptions {
  /** Most tokens that the text encoder takes; a larger `model_max_length` of the files is cut to it. */
  readonly maxLength?: number;
  /**
   * Longest prompt taken, in UTF-16 units; longer ones are refused with PROMPT_TOO_LONG. Default 10,000 (some thirty
   * chunks of 75 tokens): time grows in proportion to the length, and the default stays in tens of milliseconds.
   */
  readonly maxCharacters?: number;
}

export interface ClipTokenizer {
  readonly vocabularySize: number;
  /** Tokens the text encoder takes at once, start and end included: 77. */
  readonly maxLength: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly padTokenId: number;
  /** The id of "," at the end of a word, where chunks prefer to break. */
  readonly commaTokenId: number | undefined;
  readonly maxCharacters: number;
  /** Throws PROMPT_INVALID or PROMPT_TOO_LONG for a prompt that `tokenize` would refuse. */
  checkLength(prompt: string): void;
  /** All ids of a text: no start, end, padding or cut. */
  tokenize(text: string): number[];
  /** The tokens of the added word (`addWords`) whose first one `id` is, which stay in one chunk; 1 for any other id. */
  wordLength(id: number): number;
  /** Ids for the text encoder, as `tokenizer(text, padding="max_length", truncation=True)`. */
  encode(text: string): Encoding;
  /** The text of ids, lowercased as the tokenizer left it; special tokens are left out unless asked for. */
  decode(ids: Iterable<number>, options?: { readonly keepSpecialTokens?: boolean }): string;
}

const loneSurrogates = /\p{Surrogate}/gu;

/** Builds a tokenizer from untrusted files. Throws `SunstepError`s with the codes of `tokenizerErrors`. */
export function createTokenizer(files: TokenizerFiles, options: TokenizerOptions = {}): ClipTokenizer {
  const config = optionalObject(files.tokenizerConfig, "tokenizer_config.json");
  const { vocabulary, merges, mergesFile, addedTokens } = readModel(files);
  const special = resolveSpecialTokens(vocabulary, {
    config,
    specialTokensMap: optionalObject(files.specialTokensMap, "special_tokens_map.json"),
    addedTokens,
    addedTokensFile: optionalObject(files.addedTokens, "added_tokens.json"),
  });
  checkMerges(merges, vocabulary, mergesFile);
  const backend = new Tokenizer(clipDefinition(vocabulary, merges, special), {});
  // The library looks for all added tokens in the lowercased text too; those that must not be are found here.
  const split = addedTokenSplitter(special.added.filter((token) => !token.normalized));
  const specialIds = new Set(special.added.filter((token) => token.special).map((token) => token.id));
  const tokenOf = new Map([...vocabulary].map(([token, id]) => [id, token]));
  for (const { id, content } of special.added) tokenOf.set(id, content);
  const maxLength = Math.min(readMaxLength(config), options.maxLength ?? Number.POSITIVE_INFINITY);
  const { maxCharacters = 10_000 } = options;

  const checkLength = (text: string): void => {
    if (typeof text !== "string")
      throw tokenizerError("PROMPT_INVALID", `a prompt must be a string, not ${typeof text}`);
    if (text.length > maxCharacters) {
      throw tokenizerError(
        "PROMPT_TOO_LONG",
        `the prompt has ${text.length} characters, the limit is ${maxCharacters}: shorten it or raise maxCharacters`,
        { length: text.length, maxCharacters },
      );
    }
  };

  const tokenize = (text: string): number[] => {
    checkLength(text);
    return split(text.replace(loneSurrogates, "\ufffd")).flatMap((part) =>
      typeof part === "number" ? part : backend.encode(part, { add_special_tokens: false }).ids,
    );
  };

  const decode: ClipTokenizer["decode"] = (ids, { keepSpecialTokens = false } = {}) => {
    const kept = [...ids].filter((id) => {
      if (!tokenOf.has(id))
        throw tokenizerError("TOKEN_ID_INVALID", `the token id ${id} is not in the vocabulary`, { id });
      return keepSpecialTokens || !specialIds.has(id);
    });
    if (kept.length === 0) return "";
    return backend.decode(kept, { clean_up_tokenization_spaces: false }).replaceAll(endOfWord, " ").trim();
  };

  const lengths = {
    maxLength,
    bosTokenId: special.bos.id,
    eosTokenId: special.eos.id,
    padTokenId: special.pad.id,
  };
  return {
    vocabularySize: tokenOf.size,
    ...lengths,
    commaTokenId: vocabulary.get(`,${endOfWord}`),
    maxCharacters,
    checkLength,
    tokenize,
    wordLength: () => 1,
    encode: (text) => fitTokens(tokenize(text), lengths, decode),
    decode,
  };
}

interface ModelFiles {
  readonly vocabulary: Vocabulary;
  readonly merges: readonly Merge[];
  readonly mergesFile: string;
  readonly addedTokens: unknown;
}

// transformers takes no more than these from tokenizer.json: the steps around the model are the same for every CLIP.
function readModel(files: TokenizerFiles): ModelFiles {
  const json = files.tokenizer === undefined ? undefined : jsonObject(files.tokenizer, "tokenizer.json");
  const addedTokens = json && field(json, "added_tokens");
  if (files.vocab !== undefined && files.merges !== undefined) {
    const merges = parseMergesText(files.merges, "merges.txt");
    const vocabulary = parseVocabulary(jsonObject(files.vocab, "vocab.json"), "vocab.json");
    return { vocabulary, merges, mergesFile: "merges.txt", addedTokens };
  }
  if (!json) {
    throw tokenizerError(
      "TOKENIZER_FILES_MISSING",
      "a tokenizer needs vocab.json and merges.txt, or tokenizer.json",
    );
  }
  const model = field(json, "model");
  const vocab = isObject(model) ? field(model, "vocab") : undefined;
  if (!isObject(model) || !isObject(vocab)) {
    throw tokenizerError("TOKENIZER_VOCABULARY_INVALID", "tokenizer.json: model.vocab must be a JSON object");
  }
  const type = field(model, "type") ?? "BPE";
  const suffix = field(model, "end_of_word_suffix");
  if (type !== "BPE" || suffix !== endOfWord) {
    throw tokenizerError(
      "TOKENIZER_UNSUPPORTED",
      `tokenizer.json: the model is ${String(type)} with word ending ${JSON.stringify(suffix)}; CLIP's is BPE with "${endOfWord}"`,
      { type, suffix },
    );
  }
  return {
    vocabulary: parseVocabulary(vocab, "tokenizer.json"),
    merges: parseMergesList(field(model, "merges"), "tokenizer.json"),
    mergesFile: "tokenizer.json",
    addedTokens,
  };
}

function optionalObject(source: JsonSource | undefined, file: string): JsonObject {
  return source === undefined ? {} : jsonObject(source, file);
}

function readMaxLength(config: JsonObject): number {
  const length = field(config, "model_max_length");
  return typeof length === "number" && Number.isInteger(length) && length >= 3 && length <= 1024
    ? length
    : 77;
}
