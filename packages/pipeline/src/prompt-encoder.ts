import { pooledWidth, type UNetConfig } from "@sunstep/checkpoint";
import { zeros } from "@sunstep/tensor";
import { alignChunks } from "@sunstep/tokenizer";
import type { ArchitectureRule, EncodedPrompt } from "./architectures/architecture.js";
import type { PipelineComponents } from "./components.js";
import type { PromptConditioning } from "./conditioning.js";
import { checkEmbeddings, checkSameShapes, type EmbeddingWidths, givenPrompt } from "./given-embeddings.js";
import { promptChunks } from "./prompt-chunks.js";
import type { Request } from "./request.js";
import type { Run } from "./run.js";
import type { SessionCache } from "./session-cache.js";
import { TextEncoder } from "./text-encoder.js";

/** A prompt to encode. */
interface Texts {
  readonly role: "positive" | "negative";
  /** For the first text encoder, and for the others. */
  readonly first: string;
  readonly others: string;
}

/** Turns the prompts of a request into the inputs that the U-Net is conditioned on. */
export class PromptEncoder {
  readonly #components: PipelineComponents;
  readonly #rule: ArchitectureRule;
  readonly #encoders: readonly TextEncoder[];

  constructor(components: PipelineComponents, rule: ArchitectureRule, sessions: SessionCache) {
    this.#components = components;
    this.#rule = rule;
    this.#encoders = components.textEncoders.map((module) => new TextEncoder(module, rule, sessions));
  }

  /** Returns the conditioning of every image; images of one prompt lie side by side, as in diffusers. */
  async encode(request: Request, run: Run): Promise<PromptConditioning[]> {
    const { acceleration, batch, imagesPerPrompt } = request;
    checkEmbeddings(request, widthsOf(this.#components.unet.config));
    const images: PromptConditioning[] = [];
    for (let i = 0; i < batch / imagesPerPrompt; i++) {
      const encoded = await this.#encodePrompt(request, i, run);
      const conditioning = acceleration?.condition?.(encoded, request) ?? encoded;
      images.push(...Array.from({ length: imagesPerPrompt }, () => conditioning));
    }
    return images;
  }

  /** Encodes the prompt with index `i` and, if something reads it, its negative prompt. */
  async #encodePrompt(request: Request, i: number, run: Run): Promise<PromptConditioning> {
    const { guidance, acceleration, prompts, prompts2 = prompts, sizeConditioning } = request;
    const { negativePrompts, negativePrompts2 = negativePrompts } = request;
    const readsNegative = guidance.readsNegative || (acceleration?.readsNegative ?? false);
    const given = {
      positive: givenPrompt(request, "positive", i),
      negative: givenPrompt(request, "negative", i),
    };
    const isZero = readsNegative && !given.negative && this.#zeroesNegative(request);
    const texts: Texts[] = [];
    if (!given.positive) texts.push({ role: "positive", first: prompts[i]!, others: prompts2[i]! });
    if (readsNegative && !given.negative && !isZero)
      texts.push({ role: "negative", first: negativePrompts[i]!, others: negativePrompts2[i]! });
    const encoded = await this.#encodeTexts(texts, request, run);

    const positivePrompt = given.positive ? [given.positive] : encoded.shift()!;
    const positive = this.#rule.conditioning(positivePrompt, sizeConditioning.positive);
    if (!readsNegative) return { positive };
    const negativePrompt = given.negative
      ? [given.negative]
      : isZero
        ? positivePrompt.map(zeroPrompt)
        : encoded.shift()!;
    const negative = this.#rule.conditioning(negativePrompt, sizeConditioning.negative);
    if (guidance.readsNegative) checkSameShapes(positive, negative);
    return { positive, negative };
  }

  /** Accelerations that read negative prompts were trained with the encoded empty one. */
  #zeroesNegative({ omitsNegative, acceleration }: Request): boolean {
    return omitsNegative && this.#components.zeroNegative === true && !acceleration?.readsNegative;
  }

  /**
   * Encodes prompts by all text encoders, whose states must have one length. Guidance evaluates both prompts by one network,
   * so it gets both in the length of the longer one.
   */
  async #encodeTexts(texts: readonly Texts[], request: Request, run: Run): Promise<EncodedPrompt[][]> {
    const { promptSyntax, guidance, clipSkip, adapters } = request;
    const chunks = this.#components.textEncoders.map(({ tokenizer }, index) =>
      texts.map(({ first, others }) => {
        const text = index === 0 ? first : others;
        return promptChunks(tokenizer, text, promptSyntax, run, index > 0 && text === first);
      }),
    );
    const lengths = texts.map((_, place) => Math.max(...chunks.map((lists) => lists[place]!.length)));
    const encoded: EncodedPrompt[][] = texts.map(() => []);
    for (const [index, encoder] of this.#encoders.entries()) {
      const { tokenizer } = this.#components.textEncoders[index]!;
      for (const [place, { role }] of texts.entries()) {
        const length = guidance.readsNegative ? Math.max(...lengths) : lengths[place]!;
        const [aligned] = alignChunks(tokenizer, [chunks[index]![place]!], length);
        const skip = role === "negative" && this.#rule.keepsNegativeLayers ? 0 : clipSkip;
        encoded[place]!.push(await encoder.encode(aligned!, { clipSkip: skip, adapters }, run));
      }
    }
    return encoded;
  }
}

function widthsOf(unet: UNetConfig): EmbeddingWidths {
  const states = unet.cross_attention_dim;
  return unet.addition_embed_type === null ? { states } : { states, pooled: pooledWidth(unet) };
}

function zeroPrompt({ hiddenStates, pooled }: EncodedPrompt): EncodedPrompt {
  return { hiddenStates: zeros(hiddenStates.shape), ...(pooled && { pooled: zeros(pooled.shape) }) };
}
