// CLIP's own vocabulary, for checkpoints in a single file: those hold no tokenizer.

import type { TokenizerFiles } from "../bpe/create-tokenizer.js";

const startToken = "<|startoftext|>";
const endToken = "<|endoftext|>";

/**
 * The tokenizer files of SD 1.x (padded with the end token) or, with `padToken: "!"`, of SD 2.x. The vocabulary is
 * part of this package and is decompressed when this is first called.
 */
export async function clipTokenizerFiles({
  padToken = endToken,
}: {
  readonly padToken?: string;
} = {}): Promise<TokenizerFiles> {
  const merges = await loadMerges();
  return {
    vocab: vocabularyOf(merges),
    merges,
    tokenizerConfig: {
      bos_token: startToken,
      eos_token: endToken,
      unk_token: endToken,
      pad_token: padToken,
      model_max_length: 77,
    },
  };
}

let loaded: Promise<string> | undefined;

/** Kept once it is there; a page that was offline may ask again. */
function loadMerges(): Promise<string> {
  loaded ??= decompressMerges().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function decompressMerges(): Promise<string> {
  const { clipMerges } = await import("./clip-merges.js");
  const bytes = Uint8Array.from(atob(clipMerges), (character) => character.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(text).text();
}

/** The order of clip/simple_tokenizer.py: every byte, every byte at the end of a word, every merge, start and end. */
function vocabularyOf(merges: string): Record<string, number> {
  const bytes = byteCharacters();
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.split("\n").map((pair) => pair.replace(" ", "")),
    startToken,
    endToken,
  ];
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

/** GPT-2's printable stand-ins for bytes: those that print stand for themselves and come first. */
function byteCharacters(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 255 && byte !== 173);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return [
    ...bytes.filter(printable).map((byte) => String.fromCharCode(byte)),
    ...bytes.filter((byte) => !printable(byte)).map((_, i) => String.fromCharCode(256 + i)),
  ];
}
