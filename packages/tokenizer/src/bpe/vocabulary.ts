import { tokenizerError } from "../errors.js";
import type { JsonObject } from "../json.js";

// CLIP has 49408 tokens. Ids index a table, so a hostile file must not be able to ask for one of 2^32 entries.
const largestId = 2 ** 22;

export type Vocabulary = ReadonlyMap<string, number>;

/** Checks `vocab.json`: ids are whole, in range, and no two tokens share one. */
export function parseVocabulary(json: JsonObject, file: string): Vocabulary {
  const vocabulary = new Map<string, number>();
  const taken = new Set<number>();
  for (const [token, id] of Object.entries(json)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > largestId) {
      throw tokenizerError(
        "TOKENIZER_VOCABULARY_INVALID",
        `${file}: the id of ${JSON.stringify(token)} is ${JSON.stringify(id)}, it must be a whole number from 0 to ${largestId}`,
        { file, token, id },
      );
    }
    if (taken.has(id)) {
      throw tokenizerError(
        "TOKENIZER_VOCABULARY_INVALID",
        `${file}: two tokens have the id ${id}, one is ${JSON.stringify(token)}`,
        { file, token, id },
      );
    }
    taken.add(id);
    vocabulary.set(token, id);
  }
  return vocabulary;
}
