import {
  type Checkpoint,
  diffusersLayout,
  type TokenizerFiles as TokenizerSources,
} from "@sunstep/checkpoint";
import {
  type ClipTokenizer,
  clipTokenizerFiles,
  createTokenizer,
  type TokenizerFiles,
} from "@sunstep/tokenizer";

/** The model's own tokenizer, or CLIP's for files that hold none; SD 2.x pads with "!". */
export async function openTokenizer({ textEncoders, architecture }: Checkpoint): Promise<ClipTokenizer> {
  const [{ tokenizer }] = textEncoders;
  if (!tokenizer)
    return createTokenizer(await clipTokenizerFiles(architecture === "sd2" ? { padToken: "!" } : {}));
  return createTokenizer(await readTokenizerFiles(tokenizer));
}

async function readTokenizerFiles(sources: TokenizerSources): Promise<TokenizerFiles> {
  const texts = await Promise.all(
    Object.entries(diffusersLayout.tokenizerFiles).map(async ([part, name]) => {
      const source = sources[name];
      const text = source && new TextDecoder().decode(await source.read(0, source.size));
      return [part, text] as const;
    }),
  );
  return Object.fromEntries(texts);
}
