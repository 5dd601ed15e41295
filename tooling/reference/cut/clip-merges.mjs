// Writes packages/tokenizer/src/clip/clip-merges.ts from the merges.txt of any Stable Diffusion's tokenizer:
//   node tooling/reference/cut/clip-merges.mjs MERGES_TXT
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const merges = readFileSync(process.argv[2], "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#version"))
  .join("\n");
const base64 = gzipSync(merges, { level: 9 }).toString("base64");
writeFileSync(
  new URL("../../../packages/tokenizer/src/clip/clip-merges.ts", import.meta.url),
  `// Made by tooling/reference/cut/clip-merges.mjs. CLIP's 48,894 byte-pair merges, one a line, gzip, base64: the first ones of
// clip/bpe_simple_vocab_16e6.txt.gz of github.com/openai/CLIP, Copyright (c) 2021 OpenAI, MIT licence.
export const clipMerges =
  "${base64}";
`,
);
