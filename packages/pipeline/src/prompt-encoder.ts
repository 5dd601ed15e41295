import { alignChunks } from "@sunstep/tokenizer";
import type { ArchitectureRule, EncodedPrompt } from "./architectures/architecture.js";
import type { PipelineComponents } from "./components.js";
import { type Conditioning, type PromptConditioning, rowsOf } from "./conditioning.js";
import { checkEmbeddings, checkSameShapes } from "./given-embeddings.js";
import { promptChunks } from "./prompt-chunks.js";
import type { Request } from "./request.js";
import type { Run } from "./run.js";
import type { SessionCache } from "./session-cache.js";
import { TextEncoder } from "./text-encoder.js";

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
    checkEmbeddings(request, this.#components.unet.config.cross_attention_dim);
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
    const { guidance, acceleration, promptEmbeds, negativePromptEmbeds } = request;
    const readsNegative = guidance.readsNegative || (acceleration?.readsNegative ?? false);
    const texts = [
      ...(promptEmbeds ? [] : [request.prompts[i]!]),
      ...(readsNegative && !negativePromptEmbeds ? [request.negativePrompts[i]!] : []),
    ];
    const encoded = await this.#encodeTexts(texts, request, run);
    const given = (embeds: NonNullable<typeof promptEmbeds>) =>
      this.#rule.conditioning([{ hiddenStates: rowsOf(embeds)[i]! }]);
    const positive = promptEmbeds ? given(promptEmbeds) : encoded.shift()!;
    if (!readsNegative) return { positive };
    const negative = negativePromptEmbeds ? given(negativePromptEmbeds) : encoded.shift()!;
    if (guidance.readsNegative) checkSameShapes(positive, negative);
    return { positive, negative };
  }

  /** Encodes texts. Guidance evaluates both by one network, so it gets both in the length of the longer one. */
  async #encodeTexts(texts: readonly string[], request: Request, run: Run): Promise<Conditioning[]> {
    const encoded: EncodedPrompt[][] = texts.map(() => []);
    for (const [index, encoder] of this.#encoders.entries()) {
      const { tokenizer } = this.#components.textEncoders[index]!;
      const chunks = texts.map((text) => promptChunks(tokenizer, text, request.promptSyntax, run));
      const aligned = request.guidance.readsNegative ? alignChunks(tokenizer, chunks) : chunks;
      for (const [place, list] of aligned.entries())
        encoded[place]!.push(await encoder.encode(list, request, run));
    }
    return encoded.map((one) => this.#rule.conditioning(one));
  }
}
