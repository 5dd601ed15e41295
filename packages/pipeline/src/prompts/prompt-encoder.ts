import { pooledWidth, type UNetConfig } from "@sunstep/checkpoint";
import { zeros } from "@sunstep/tensor";
import { alignChunks } from "@sunstep/tokenizer";
import type { ArchitectureRule, EncodedPrompt } from "../architectures/architecture.js";
import type { PipelineComponents } from "../components.js";
import { guidanceInput } from "../guidance/guidance-input.js";
import type { NegativeUse } from "../negative/negative-method.js";
import type { Request } from "../request/request.js";
import type { Run } from "../run.js";
import type { SessionCache } from "../sessions/session-cache.js";
import type { Conditioning, PromptConditioning } from "./conditioning.js";
import { checkEmbeddings, checkSameShapes, type EmbeddingWidths, givenPrompt } from "./given-embeddings.js";
import { paddingOf, type ReadPrompt } from "./padding.js";
import { promptChunks } from "./prompt-chunks.js";
import { type EncoderTexts, type PromptSteps, type PromptTexts, promptTexts } from "./prompt-texts.js";
import { type PromptWords, promptWords, tokenizerWith, tokenVectors } from "./prompt-words.js";
import { TextEncoder } from "./text-encoder.js";

/** A prompt to encode. */
interface Texts extends EncoderTexts {
  readonly role: "positive" | "negative";
}

/** An encoded prompt, by all text encoders. */
interface EncodedTexts {
  readonly prompt: readonly EncodedPrompt[];
  /** For each token, whether it is padding. */
  readonly padding: readonly boolean[];
}

interface EncodeOptions {
  readonly request: Request;
  readonly words: PromptWords;
  readonly run: Run;
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

  /**
   * Returns the conditioning of every image at each evaluation; images of one prompt lie side by side, as in diffusers.
   * Where nothing changes, it is the same object.
   */
  async encode(request: Request, steps: PromptSteps, run: Run): Promise<PromptConditioning[][]> {
    const { batch, imagesPerPrompt } = request;
    checkEmbeddings(request, widthsOf(this.#components.unet.config));
    const evaluations: PromptConditioning[][] = Array.from({ length: steps.evaluations }, () => []);
    const texts = Array.from({ length: batch / imagesPerPrompt }, (_, i) => promptTexts(request, i, steps));
    const words = await this.#words(texts.flat(), request, run);
    for (const [i, prompt] of texts.entries()) {
      const conditionings = await this.#encodePrompt(i, prompt, { request, words, steps, run });
      for (const [evaluation, images] of evaluations.entries())
        images.push(...Array.from({ length: imagesPerPrompt }, () => conditionings[evaluation]!));
    }
    return evaluations;
  }

  /** Encodes the prompt with index `i` and, if something reads it, its negative prompt, for each evaluation. */
  async #encodePrompt(
    i: number,
    evaluations: readonly PromptTexts[],
    { request, words, steps, run }: EncodeOptions & { readonly steps: PromptSteps },
  ): Promise<PromptConditioning[]> {
    const { guidance, acceleration, negative: use } = request;
    const isShared = guidance.readsNegative || (acceleration?.readsNegative ?? false);
    const readsNegative = readsNegatives(request);
    const given = {
      positive: givenPrompt(request, "positive", i),
      negative: givenPrompt(request, "negative", i),
    };
    const isZero = readsNegative && !given.negative && this.#zeroesNegative(request);
    const needed = evaluations.flatMap(({ parts, negative }): Texts[] => [
      ...(given.positive
        ? []
        : parts.map(({ first, others }) => ({ role: "positive", first, others }) as const)),
      ...(readsNegative && !given.negative && !isZero ? [{ role: "negative", ...negative } as const] : []),
    ]);
    const texts = [...new Map(needed.map((text) => [keyOf(text), text])).values()];
    const encoded = await this.#encodeTexts(texts, { request, words, run });
    const byText = new Map(texts.map((text, place) => [keyOf(text), encoded[place]!]));
    const [anyPrompt] = encoded.map(({ prompt }) => prompt);

    const conditionings = new Map<string, Conditioning>();
    const conditioningOf = (text: Texts): Conditioning => {
      const key = keyOf(text);
      const replaced = given[text.role];
      const prompt = replaced
        ? [replaced]
        : text.role === "negative" && isZero
          ? (anyPrompt ?? [given.positive!]).map(zeroPrompt)
          : byText.get(key)!.prompt;
      const made = conditionings.get(key) ?? {
        ...this.#rule.conditioning(prompt, request.sizeConditioning[text.role]),
        ...guidanceInput(this.#components.unet.config.time_cond_proj_dim, request.guidanceScale),
      };
      conditionings.set(key, made);
      return made;
    };
    const distinct = new Map<string, PromptConditioning>();
    return evaluations.map((at, evaluation) => {
      const isUsed = use !== undefined && steps.negative?.[evaluation] !== false;
      const isEmpty = !given.negative && at.negative.first === "" && at.negative.others === "";
      const used = isUsed && (use.readsEmpty || !isEmpty) ? use : undefined;
      const key = JSON.stringify([at, used !== undefined]);
      const made = distinct.get(key) ?? composed(at, used);
      distinct.set(key, made);
      return made;
    });

    /** The parts of a prompt, each completed by the acceleration and by the negative method. */
    function composed({ parts, negative }: PromptTexts, used: NegativeUse | undefined): PromptConditioning {
      const completed = (given.positive ? parts.slice(0, 1) : parts).map(({ weight, ...part }) => {
        const positive = conditioningOf({ role: "positive", ...part });
        const both: PromptConditioning = {
          positive,
          ...(isShared && { negative: conditioningOf({ role: "negative", ...negative }) }),
        };
        if (guidance.readsNegative) checkSameShapes(positive, both.negative!);
        const accelerated = acceleration?.condition?.(both, request) ?? both;
        const conditioning = used ? withInputs(accelerated, inputsOf(used, negative)) : accelerated;
        return { conditioning, weight: given.positive ? 1 : weight };
      });
      const [first] = completed;
      if (completed.length === 1 && first!.weight === 1) return first!.conditioning;
      return {
        ...first!.conditioning,
        composed: completed.map(({ conditioning: { positive, control }, weight }) => ({
          conditioning: positive,
          weight,
          ...(control && { control }),
        })),
      };
    }

    function inputsOf({ method }: NegativeUse, texts: EncoderTexts): Conditioning {
      const text: Texts = { role: "negative", ...texts };
      const conditioning = conditioningOf(text);
      const all = Array.from({ length: conditioning.encoder_hidden_states?.shape[1] ?? 0 }, () => false);
      return method.inputs({ conditioning, padding: byText.get(keyOf(text))?.padding ?? all });
    }
  }

  /** Opens the embeddings that the texts name which are read. */
  #words(texts: readonly PromptTexts[], request: Request, run: Run): Promise<PromptWords> {
    const { promptSyntax, embeddings } = request;
    const read = texts.flatMap(({ parts, negative }) => [
      ...(request.promptEmbeds ? [] : parts),
      ...(readsNegatives(request) && !request.negativePromptEmbeds ? [negative] : []),
    ]);
    const distinct = new Set(read.flatMap(({ first, others }) => [first, others]));
    return promptWords({ texts: distinct, promptSyntax }, embeddings, this.#components.textEncoders, run);
  }

  /** Guidance may read zeros; accelerations that read negative prompts were trained with the encoded empty one. */
  #zeroesNegative({ omitsNegative, guidance, acceleration }: Request): boolean {
    const isGuided = guidance.readsNegative && !acceleration?.readsNegative;
    return omitsNegative && this.#components.zeroNegative === true && isGuided;
  }

  /**
   * Encodes texts by all text encoders, whose states must have one length. All prompts of a run get the length of the
   * longest, so that the network stays the same from step to step, and all negative prompts; guidance evaluates both by one
   * network, so it gets both in the length of the longer one.
   */
  async #encodeTexts(
    texts: readonly Texts[],
    { request, words, run }: EncodeOptions,
  ): Promise<EncodedTexts[]> {
    const { promptSyntax, guidance, clipSkip, adapters } = request;
    const { textEncoders } = this.#components;
    const chunks = textEncoders.map((module, index) => {
      const tokenizer = tokenizerWith(words, module);
      return texts.map(({ first, others }) => {
        const text = index === 0 ? first : others;
        return promptChunks(tokenizer, text, promptSyntax, run, index > 0 && text === first);
      });
    });
    const lengths = texts.map((_, place) => Math.max(...chunks.map((lists) => lists[place]!.length)));
    const encoded = texts.map(() => ({ prompt: [] as EncodedPrompt[], read: [] as ReadPrompt[] }));
    for (const [index, encoder] of this.#encoders.entries()) {
      const { tokenizer } = textEncoders[index]!;
      const vectors = tokenVectors(words, textEncoders[index]!);
      for (const [place, { role }] of texts.entries()) {
        const together = texts.flatMap((other, at) =>
          guidance.readsNegative || other.role === role ? [lengths[at]!] : [],
        );
        const own = chunks[index]![place]!;
        const [aligned] = alignChunks(tokenizer, [own], Math.max(...together));
        const skip = role === "negative" && this.#rule.keepsNegativeLayers ? 0 : clipSkip;
        const settings = { clipSkip: skip, adapters, vectors };
        encoded[place]!.prompt.push(await encoder.encode(aligned!, settings, run));
        encoded[place]!.read.push({ tokenizer, chunks: aligned!, own: own.length });
      }
    }
    return encoded.map(({ prompt, read }) => ({ prompt, padding: paddingOf(read) }));
  }
}

const readsNegatives = ({ guidance, acceleration, negative }: Request): boolean =>
  guidance.readsNegative || (acceleration?.readsNegative ?? false) || negative !== undefined;

const keyOf = ({ role, first, others }: Texts): string => JSON.stringify([role, first, others]);

function widthsOf(unet: UNetConfig): EmbeddingWidths {
  const states = unet.cross_attention_dim;
  return unet.addition_embed_type === null ? { states } : { states, pooled: pooledWidth(unet) };
}

function zeroPrompt({ hiddenStates, pooled }: EncodedPrompt): EncodedPrompt {
  return { hiddenStates: zeros(hiddenStates.shape), ...(pooled && { pooled: zeros(pooled.shape) }) };
}

/** Adds inputs of the U-Net, which ControlNets do not read. */
function withInputs(
  { positive, control, ...rest }: PromptConditioning,
  inputs: Conditioning,
): PromptConditioning {
  return { ...rest, positive: { ...positive, ...inputs }, control: control ?? positive };
}
