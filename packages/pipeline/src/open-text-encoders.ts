import {
  type Checkpoint,
  diffusersLayout,
  type TextEncoder,
  type TokenizerFiles as TokenizerSources,
} from "@sunstep/checkpoint";
import { type ClipTokenizer, clipTokenizerFiles, createTokenizer } from "@sunstep/tokenizer";
import type { PipelineComponents, TextEncoderModule } from "./components.js";

/** Opens the text encoders of a checkpoint with their tokenizers: their own, or CLIP's where the files hold none. */
export async function openTextEncoders({
  architecture,
  textEncoders: [first, ...others],
}: Pick<Checkpoint, "architecture" | "textEncoders">): Promise<PipelineComponents["textEncoders"]> {
  const open = async ({ tokenizer, ...encoder }: TextEncoder): Promise<TextEncoderModule> => ({
    ...encoder,
    tokenizer: await openTokenizer(tokenizer, architecture),
  });
  return [await open(first), ...(await Promise.all(others.map(open)))];
}

/** SD 2.x pads with "!". */
async function openTokenizer(
  sources: TokenizerSources | undefined,
  architecture: Checkpoint["architecture"],
): Promise<ClipTokenizer> {
  if (!sources)
    return createTokenizer(await clipTokenizerFiles(architecture === "sd2" ? { padToken: "!" } : {}));
  const texts = await Promise.all(
    Object.entries(diffusersLayout.tokenizerFiles).map(async ([part, name]) => {
      const source = sources[name];
      const text = source && new TextDecoder().decode(await source.read(0, source.size));
      return [part, text] as const;
    }),
  );
  return createTokenizer(Object.fromEntries(texts));
}
