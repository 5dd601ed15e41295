// The special tokens, and for each whether it is found before or after lowercasing. The rules are those of
// transformers 5 (tokenization_utils_tokenizers.py, TokenizersBackend): the named tokens are added in the order below,
// an AddedToken keeps its `normalized` flag, a plain string gets the flag that the file has for it elsewhere or false,
// and the last mention of a token decides. So `<|ENDOFTEXT|>` is the end token in SD 2.1 and plain text in SD 1.5.

import { tokenizerError } from "../errors.js";
import { field, isObject, type JsonObject } from "../json.js";
import type { Vocabulary } from "./vocabulary.js";

const names = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

const defaults: Readonly<Record<string, string>> = {
  bos_token: "<|startoftext|>",
  eos_token: "<|endoftext|>",
  unk_token: "<|endoftext|>",
  pad_token: "<|endoftext|>",
};

/** A token that is found in the text as it stands; the fields of tokenizers' AddedToken. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Looked for in the normalized (lowercased) text instead of the text as given. */
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface SpecialTokens {
  readonly bos: AddedToken;
  readonly eos: AddedToken;
  readonly unk: AddedToken;
  readonly pad: AddedToken;
  /** All added tokens, special or not, by rising id. */
  readonly added: readonly AddedToken[];
}

export interface SpecialTokenSources {
  readonly config: JsonObject;
  readonly specialTokensMap: JsonObject;
  /** `added_tokens` of tokenizer.json. */
  readonly addedTokens: unknown;
  /** added_tokens.json: ids by token. */
  readonly addedTokensFile: JsonObject;
}

export function resolveSpecialTokens(vocabulary: Vocabulary, sources: SpecialTokenSources): SpecialTokens {
  const added = new Map<string, AddedToken>();
  for (const token of listedTokens(sources)) added.set(token.content, token);
  const listed = new Map(added);
  const named = new Map<string, string>();
  for (const name of names) {
    const value =
      field(sources.config, name) ??
      field(sources.specialTokensMap, name) ??
      field(defaults, name) ??
      undefined;
    if (value === undefined) continue;
    const content = typeof value === "string" ? value : isObject(value) ? field(value, "content") : undefined;
    if (typeof content !== "string" || content === "") {
      throw tokenizerError(
        "TOKENIZER_JSON_INVALID",
        `the tokenizer's ${name} is neither a string nor an added token`,
        {
          name,
        },
      );
    }
    const id = vocabulary.get(content) ?? listed.get(content)?.id;
    if (id === undefined) {
      throw tokenizerError(
        "TOKENIZER_SPECIAL_TOKEN_MISSING",
        `the vocabulary has ${vocabulary.size} tokens and lacks the ${name} ${JSON.stringify(content)}: is the file cut, or of another model?`,
        { name, token: content, vocabularySize: vocabulary.size },
      );
    }
    named.set(name, content);
    const known = isObject(value) ? addedToken(id, value) : listed.get(content);
    added.set(content, { ...(known ?? addedToken(id, { content })), id, special: true });
  }
  const byName = (name: string) => added.get(named.get(name)!)!;
  return {
    bos: byName("bos_token"),
    eos: byName("eos_token"),
    unk: byName("unk_token"),
    pad: byName("pad_token"),
    added: [...added.values()].sort((a, b) => a.id - b.id),
  };
}

/**
 * Lists `added_tokens_decoder` of tokenizer_config.json; where it is absent, added_tokens.json and `added_tokens` of
 * tokenizer.json.
 */
function listedTokens({ config, addedTokens, addedTokensFile }: SpecialTokenSources): AddedToken[] {
  const decoder = field(config, "added_tokens_decoder");
  const entries: [unknown, unknown][] = isObject(decoder)
    ? Object.entries(decoder).map(([id, token]) => [Number(id), token])
    : Array.isArray(addedTokens)
      ? addedTokens.map((token: unknown) => [isObject(token) ? field(token, "id") : undefined, token])
      : [];
  if (!isObject(decoder)) {
    // transformers 4 normalizes the tokens of this file, as those that are not special.
    for (const [content, id] of Object.entries(addedTokensFile))
      entries.unshift([id, { content, normalized: true }]);
  }
  return entries.map(([id, token]) => {
    const content = isObject(token) ? field(token, "content") : undefined;
    if (!isObject(token) || typeof content !== "string" || content === "" || !isId(id)) {
      throw tokenizerError(
        "TOKENIZER_JSON_INVALID",
        `the added token ${String(id)} lacks its id or content`,
        { id },
      );
    }
    return addedToken(id, token);
  });
}

const isId = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 2 ** 22;

function addedToken(id: number, token: JsonObject): AddedToken {
  const flag = (name: string) => field(token, name) === true;
  return {
    id,
    content: String(field(token, "content")),
    single_word: flag("single_word"),
    lstrip: flag("lstrip"),
    rstrip: flag("rstrip"),
    normalized: flag("normalized"),
    special: flag("special"),
  };
}
