// Copies CLIP's tokenizer and cuts the repository's share of a reference set's prompts: every sixth, and all
// whose ids depend on the padding token or contain a special token.
// node tooling/reference/cut/tokenizer.mjs REFERENCE_DIR

import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: tokenizer.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const cases = casesOf(source, "tokenizer");
for (const { file, tokenizer } of cases) {
  const golden = JSON.parse(readFileSync(join(source, file), "utf8"));
  const prompts = golden.prompts.filter(
    (row, index) => index % 6 === 0 || row.text.includes("<|") || (row.ids_pad0 && row.text.length < 40),
  );
  mkdirSync(join(target, dirname(file)), { recursive: true });
  writeFileSync(join(target, file), `${JSON.stringify({ ...golden, prompts })}\n`);
  mkdirSync(join(target, tokenizer), { recursive: true });
  for (const name of readdirSync(join(source, tokenizer))) {
    copyFileSync(join(source, tokenizer, name), join(target, tokenizer, name));
    chmodSync(join(target, tokenizer, name), 0o644);
  }
}
replaceCases(target, "tokenizer", cases);
