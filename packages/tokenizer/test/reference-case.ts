// Prompts and their token ids. A case is one list of prompts (`file`) and the tokenizer's folder (`tokenizer`).

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KindChecker } from "@sunstep/testing";
import { type ClipTokenizer, createTokenizer } from "../src/index.js";

interface Row {
  readonly text: string;
  /** Cut after the first padding token. */
  readonly ids: readonly number[];
  /** With the padding token "!"; absent where it only changes what follows the text. */
  readonly ids_pad0?: readonly number[];
}

function openTokenizer(folder: string, padToken?: string): ClipTokenizer {
  const text = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const json = (name: string) => {
    const content = text(name);
    if (content === undefined) return undefined;
    const value = JSON.parse(content) as Record<string, unknown>;
    return padToken !== undefined && "pad_token" in value ? { ...value, pad_token: padToken } : value;
  };
  return createTokenizer({
    vocab: text("vocab.json"),
    merges: text("merges.txt"),
    tokenizer: text("tokenizer.json"),
    tokenizerConfig: json("tokenizer_config.json"),
    specialTokensMap: json("special_tokens_map.json"),
  });
}

const fill = (ids: readonly number[], length: number, pad: number) =>
  Array.from({ length }, (_, i) => ids[i] ?? pad);

function checkRows(
  tokenizer: ClipTokenizer,
  rows: readonly Row[],
  expectedIds: (row: Row) => readonly number[],
  where: string,
): void {
  const wrong = rows.flatMap((row) => {
    const expected = fill(expectedIds(row), tokenizer.maxLength, tokenizer.padTokenId);
    const { ids } = tokenizer.encode(row.text);
    const same = ids.length === expected.length && ids.every((id, i) => id === expected[i]);
    return same
      ? []
      : [`${JSON.stringify(row.text).slice(0, 120)}\n  got      ${ids}\n  expected ${expected}`];
  });
  if (wrong.length > 0) {
    throw new Error(
      `${where}: ${wrong.length} of ${rows.length} prompts differ:\n${wrong.slice(0, 5).join("\n")}`,
    );
  }
}

export const kind: KindChecker = {
  kind: "tokenizer",
  async check(testCase, dir) {
    const file = String(testCase.file);
    const folder = join(dir, String(testCase.tokenizer));
    const { prompts } = JSON.parse(readFileSync(join(dir, file), "utf8")) as { prompts: Row[] };
    if (prompts.length === 0) throw new Error(`${file} has no prompts`);
    checkRows(openTokenizer(folder), prompts, ({ ids }) => ids, file);
    if (testCase.padTokenVariants) {
      checkRows(
        openTokenizer(folder, "!"),
        prompts,
        (row) => row.ids_pad0 ?? row.ids,
        `${file} with pad token "!"`,
      );
    }
  },
};
