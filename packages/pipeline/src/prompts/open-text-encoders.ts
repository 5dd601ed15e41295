import {
  type Checkpoint,
  diffusersLayout,
  type TextEncoder,
  type TokenizerFiles as TokenizerSources,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import { type ClipTokenizer, clipTokenizerFiles, createTokenizer } from "@sunstep/tokenizer";
import type { PipelineComponents, TextEncoderModule } from "../components.js";
import { pipelineWarning } from "../errors.js";

/**
 * Opens the text encoders of a checkpoint with their tokenizers: their own, or CLIP's where the files hold none. Warns
 * where a text encoder was trained with tokens that its tokenizer lacks.
 */
export async function openTextEncoders(
  { architecture, textEncoders: [first, ...others] }: Pick<Checkpoint, "architecture" | "textEncoders">,
  onWarning?: (warning: SunstepWarning) => void,
): Promise<PipelineComponents["textEncoders"]> {
  const open = async ({ tokenizer: sources, ...encoder }: TextEncoder): Promise<TextEncoderModule> => {
    const { vocab_size: rows, max_position_embeddings: maxLength } = encoder.config;
    const pad = architecture === "sd2" || encoder.name === "text_encoder_2" ? PAD_OF_OPEN_CLIP : {};
    const tokenizer = await openTokenizer(sources, pad, maxLength);
    const tokens = tokenizer.vocabularySize;
    if (rows > tokens) {
      onWarning?.(
        pipelineWarning(
          "TOKENIZER_TOO_SMALL",
          `${encoder.name}: the text encoder knows ${rows} tokens and its tokenizer ${tokens}: words that were added in ` +
            "training are read letter by letter. Take the tokenizer folder that was saved with the model",
          { textEncoder: encoder.name, rows, tokens },
        ),
      );
    }
    return { ...encoder, tokenizer };
  };
  return [await open(first), ...(await Promise.all(others.map(open)))];
}

/** OpenCLIP pads with id 0: SD 2.x, and the second text encoder of XL. */
const PAD_OF_OPEN_CLIP = { padToken: "!" };

async function openTokenizer(
  sources: TokenizerSources | undefined,
  pad: { readonly padToken?: string },
  maxLength: number,
): Promise<ClipTokenizer> {
  if (!sources) return createTokenizer(await clipTokenizerFiles(pad), { maxLength });
  const texts = await Promise.all(
    Object.entries(diffusersLayout.tokenizerFiles).map(async ([part, name]) => {
      const source = sources[name];
      const text = source && new TextDecoder().decode(await source.read(0, source.size));
      return [part, text] as const;
    }),
  );
  return createTokenizer(Object.fromEntries(texts), { maxLength });
}
