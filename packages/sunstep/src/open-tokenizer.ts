import type { Checkpoint, TokenizerFiles as TokenizerSources } from "@sunstep/checkpoint";
import {
  type ClipTokenizer,
  clipTokenizerFiles,
  createTokenizer,
  type TokenizerFiles,
} from "@sunstep/tokenizer";

/** File names of a `tokenizer` folder, as the tokenizer package calls them. */
const tokenizerParts: Readonly<Record<string, keyof TokenizerFiles>> = {
  "vocab.json": "vocab",
  "merges.txt": "merges",
  "tokenizer.json": "tokenizer",
  "tokenizer_config.json": "tokenizerConfig",
  "special_tokens_map.json": "specialTokensMap",
};

/** The model's own tokenizer, or CLIP's for files that hold none; SD 2.x pads with "!". */
export async function openTokenizer({ textEncoders, architecture }: Checkpoint): Promise<ClipTokenizer> {
  const [{ tokenizer }] = textEncoders;
  if (!tokenizer)
    return createTokenizer(await clipTokenizerFiles(architecture === "sd2" ? { padToken: "!" } : {}));
  return createTokenizer(await readTokenizerFiles(tokenizer));
}

async function readTokenizerFiles(sources: TokenizerSources): Promise<TokenizerFiles> {
  const parts = await Promise.all(
    Object.entries(sources).flatMap(([name, source]) => {
      const part = tokenizerParts[name];
      return part
        ? [source.read(0, source.size).then((bytes) => [part, new TextDecoder().decode(bytes)] as const)]
        : [];
    }),
  );
  return Object.fromEntries(parts);
}
