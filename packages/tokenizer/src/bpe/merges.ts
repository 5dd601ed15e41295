import { tokenizerError } from "../errors.js";
import type { Vocabulary } from "./vocabulary.js";

/** Two tokens that become one; earlier pairs go first. */
export interface Merge {
  readonly pair: readonly [string, string];
  /** Place in its file, for errors: `merges.txt, line 3`. */
  readonly where: string;
}

/** Reads `merges.txt`: a `#version` line, then one pair a line, parted by a space. */
export function parseMergesText(text: string, file: string): Merge[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  return lines.flatMap((line, index) =>
    line.startsWith("#version") ? [] : [parseMerge(line, `${file}, line ${index + 1}`, file)],
  );
}

/** Reads the merges of `tokenizer.json`: `"a b"` or, since tokenizers 0.20, `["a", "b"]`. */
export function parseMergesList(list: unknown, file: string): Merge[] {
  if (!Array.isArray(list)) {
    throw tokenizerError("TOKENIZER_MERGES_INVALID", `${file}: model.merges must be a list`, { file });
  }
  return list.map((entry: unknown, index) => {
    const where = `${file}, merge ${index + 1}`;
    return typeof entry === "string" ? parseMerge(entry, where, file) : checkPair(entry, where, file);
  });
}

/** As tokenizers' BPE builder: both parts and the joined token must be in the vocabulary. */
export function checkMerges(merges: readonly Merge[], vocabulary: Vocabulary, file: string): void {
  for (const { pair, where } of merges) {
    const missing = [...pair, pair.join("")].find((token) => !vocabulary.has(token));
    if (missing !== undefined) {
      throw tokenizerError(
        "TOKENIZER_MERGES_INVALID",
        `${where}: ${JSON.stringify(missing)} is not in the vocabulary; do both files belong to the same model?`,
        { file, where, token: missing },
      );
    }
  }
}

function parseMerge(text: string, where: string, file: string): Merge {
  return checkPair(text.split(" "), where, file);
}

function checkPair(parts: unknown, where: string, file: string): Merge {
  if (
    Array.isArray(parts) &&
    parts.length === 2 &&
    parts.every((part) => typeof part === "string" && part !== "")
  ) {
    return { pair: [parts[0], parts[1]], where };
  }
  const shown = JSON.stringify(parts).slice(0, 80);
  throw tokenizerError("TOKENIZER_MERGES_INVALID", `${where}: expected two tokens, found ${shown}`, {
    file,
    where,
  });
}
