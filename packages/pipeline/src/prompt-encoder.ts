import { addLoras } from "@sunstep/lora";
import { buildTextEncoder } from "@sunstep/networks";
import { tensor } from "@sunstep/tensor";
import { alignChunks, applyTokenWeights, encodeWeighted, type PromptChunk } from "@sunstep/tokenizer";
import { checkFinite } from "./checks.js";
import { concatenate } from "./concatenate.js";
import { type Embeddings, repeatRows, stackRows } from "./embeddings.js";
import { pipelineError } from "./errors.js";
import type { PipelineParts } from "./parts.js";
import { type GenerateOptions, isGuided, type Request } from "./request.js";
import type { SessionCache } from "./sessions.js";

/** Both prompts of every picture; `negative` is absent where nothing reads it. */
export interface EncodedPrompts {
  readonly positive: Embeddings;
  readonly negative?: Embeddings;
}

/** Encoded chunks that are kept: prompts change little from run to run, and the empty one is in most. */
const KEPT_CHUNKS = 64;

/** Prompts to embeddings, chunk by chunk. */
export class PromptEncoder {
  readonly #parts: PipelineParts;
  readonly #sessions: SessionCache;
  readonly #kept = new Map<string, Promise<Float32Array>>();

  constructor(parts: PipelineParts, sessions: SessionCache) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  async encode(request: Request, options: GenerateOptions): Promise<EncodedPrompts> {
    const { prompts, negativePrompts, imagesPerPrompt, clipSkip, sun } = request;
    const needsNegative = sun || isGuided(request);
    const chunked = (texts: readonly string[]) => texts.map((text) => this.#chunks(text, options));
    const positives = options.promptEmbeds ? [] : chunked(prompts);
    const negatives = options.negativePromptEmbeds || !needsNegative ? [] : chunked(negativePrompts);
    // Guidance runs both through one network, so both must be of one length; SUN's inputs have lengths of their own.
    const [alignedPositives, alignedNegatives] = sun
      ? [alignChunks(this.#parts.tokenizer, positives), alignChunks(this.#parts.tokenizer, negatives)]
      : split(alignChunks(this.#parts.tokenizer, [...positives, ...negatives]), positives.length);
    const positive = options.promptEmbeds
      ? this.#given("promptEmbeds", options.promptEmbeds)
      : await this.#embed(alignedPositives, clipSkip);
    if (!needsNegative) return { positive: repeatRows(positive, imagesPerPrompt) };
    const negative = options.negativePromptEmbeds
      ? this.#given("negativePromptEmbeds", options.negativePromptEmbeds)
      : await this.#embed(alignedNegatives, clipSkip);
    if (negative.batch !== positive.batch || (!sun && negative.tokens !== positive.tokens)) {
      throw pipelineError(
        "PIPELINE_EMBEDDINGS",
        `negative prompts are encoded as [${shape(negative)}], prompts as [${shape(positive)}]: they must be as many, and with guidance as long`,
      );
    }
    return {
      positive: repeatRows(positive, imagesPerPrompt),
      negative: repeatRows(negative, imagesPerPrompt),
    };
  }

  #chunks(text: string, { promptSyntax = "automatic1111" }: GenerateOptions): readonly PromptChunk[] {
    const { tokenizer } = this.#parts;
    if (promptSyntax === "automatic1111") return encodeWeighted(tokenizer, text).chunks;
    const { ids } = tokenizer.encode(text);
    return [{ ids, weights: ids.map(() => 1) }];
  }

  /** [prompts, chunks * chunk length, width]. */
  async #embed(prompts: readonly (readonly PromptChunk[])[], clipSkip: number): Promise<Embeddings> {
    const width = this.#parts.textEncoders[0].config.hidden_size;
    const rows: Embeddings[] = [];
    for (const chunks of prompts) {
      const encoded: Float32Array[] = [];
      for (const chunk of chunks) encoded.push(await this.#encodeChunk(chunk, clipSkip));
      const data = concatenate(encoded);
      rows.push({ data, batch: 1, tokens: data.length / width, width });
    }
    return stackRows(rows);
  }

  async #encodeChunk({ ids, weights }: PromptChunk, clipSkip: number): Promise<Float32Array> {
    const key = `${clipSkip} ${ids.join(" ")}`;
    const hidden = this.#kept.get(key) ?? this.#run(ids, clipSkip);
    this.#kept.delete(key);
    this.#kept.set(key, hidden);
    for (const old of [...this.#kept.keys()].slice(0, -KEPT_CHUNKS)) this.#kept.delete(old);
    try {
      const states = await hidden;
      return weights.every((weight) => weight === 1) ? states : applyTokenWeights(states, weights);
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  async #run(ids: readonly number[], clipSkip: number): Promise<Float32Array> {
    const { loras = [] } = this.#parts;
    const [textEncoder] = this.#parts.textEncoders;
    if (clipSkip >= textEncoder.config.num_hidden_layers) {
      throw pipelineError(
        "PIPELINE_OPTION",
        `clipSkip ${clipSkip}: the text encoder has ${textEncoder.config.num_hidden_layers} layers, so at most ${textEncoder.config.num_hidden_layers - 1} can be left out`,
        { option: "clipSkip" },
      );
    }
    const session = await this.#sessions.get({
      key: `text-encoder ${ids.length} skip ${clipSkip}`,
      build: () => buildTextEncoder({ ...textEncoder, batch: 1, tokens: ids.length, clipSkip }),
      passes: [addLoras(loras, textEncoder.name)],
      load: { label: "text-encoder" },
    });
    const { last_hidden_state } = await session.run({
      input_ids: tensor(BigInt64Array.from(ids, BigInt), [1, ids.length], "int64"),
    });
    const states = last_hidden_state!.data as Float32Array;
    checkFinite(states, "the text encoder");
    return states;
  }

  #given(
    option: string,
    {
      data,
      shape: [batch = 0, tokens = 0, width = 0, ...rest],
    }: NonNullable<GenerateOptions["promptEmbeds"]>,
  ): Embeddings {
    const wanted = this.#parts.unet.config.cross_attention_dim;
    if (width !== wanted || tokens === 0 || rest.length > 0) {
      throw pipelineError(
        "PIPELINE_EMBEDDINGS",
        `${option} has shape [${[batch, tokens, width, ...rest].join(", ")}]; the model takes [prompts, tokens, ${wanted}]`,
        { option },
      );
    }
    return { data, batch, tokens, width };
  }
}

function split<T>(list: readonly T[], at: number): [T[], T[]] {
  return [list.slice(0, at), list.slice(at)];
}

function shape({ batch, tokens, width }: Embeddings): string {
  return [batch, tokens, width].join(", ");
}
