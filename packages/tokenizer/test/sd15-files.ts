import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { type ClipTokenizer, createTokenizer } from "../src/index.js";

const read = (name: string) => readFileSync(fixture(`tiny-sd15/tokenizer/${name}`), "utf8");

/** The files of Stable Diffusion 1.5's tokenizer folder. */
export const sd15Files = {
  vocab: read("vocab.json"),
  merges: read("merges.txt"),
  tokenizerConfig: read("tokenizer_config.json"),
  specialTokensMap: read("special_tokens_map.json"),
};

const withPadToken = (text: string, padToken: string) => ({ ...JSON.parse(text), pad_token: padToken });

/** SD 1.5's tokenizer, or SD 2.1's, whose files differ in the padding token "!" only. */
export function clipTokenizer(padToken = "<|endoftext|>"): ClipTokenizer {
  return createTokenizer({
    ...sd15Files,
    tokenizerConfig: withPadToken(sd15Files.tokenizerConfig, padToken),
    specialTokensMap: withPadToken(sd15Files.specialTokensMap, padToken),
  });
}
