import { addTokenEmbeds, GIVEN_TOKEN } from "@sunstep/networks";
import { type Tensor, tensor } from "@sunstep/tensor";
import { applyTokenWeights, type PromptChunk } from "@sunstep/tokenizer";
import type { ArchitectureRule, EncodedPrompt } from "../architectures/architecture.js";
import type { TextEncoderModule } from "../components.js";
import { pipelineError } from "../errors.js";
import { checkFinite } from "../latents/check-finite.js";
import type { Run } from "../run.js";
import type { Adapter } from "../sessions/adapter.js";
import { LruCache } from "../sessions/lru-cache.js";
import type { SessionCache } from "../sessions/session-cache.js";
import { stableJson } from "../sessions/stable-json.js";
import { concatenate } from "./concatenate.js";
import type { TokenVectors } from "./prompt-words.js";

/** Encoded chunks that are kept: prompts change little from run to run, and most runs encode the empty one. */
const CAPACITY = 64;

export interface TextEncoderSettings {
  readonly clipSkip: number;
  readonly adapters: readonly Adapter[];
  /** Embeddings of the ids beyond the tokenizer's vocabulary. */
  readonly vectors: TokenVectors;
}

interface EncodedChunk {
  readonly states: Float32Array;
  readonly pooled?: Float32Array;
}

/** One text encoder of a pipeline, with the chunks that it encoded last. */
export class TextEncoder {
  readonly #module: TextEncoderModule;
  readonly #rule: ArchitectureRule;
  readonly #sessions: SessionCache;
  readonly #encoded = new LruCache<Promise<EncodedChunk>>(CAPACITY);

  constructor(module: TextEncoderModule, rule: ArchitectureRule, sessions: SessionCache) {
    this.#module = module;
    this.#rule = rule;
    this.#sessions = sessions;
  }

  /** Encodes the chunks of one prompt, with the weights of their tokens. */
  async encode(
    chunks: readonly PromptChunk[],
    settings: TextEncoderSettings,
    run: Run,
  ): Promise<EncodedPrompt> {
    const states: Float32Array[] = [];
    let pooled: Float32Array | undefined;
    for (const { ids, weights } of chunks) {
      const encoded = await this.#encodeChunk(ids, settings, run);
      const isWeighted = weights.some((weight) => weight !== 1);
      states.push(isWeighted ? applyTokenWeights(encoded.states, weights) : encoded.states);
      // AUTOMATIC1111 takes the first chunk's too.
      pooled ??= encoded.pooled;
    }
    const data = concatenate(states);
    const width = this.#module.config.hidden_size;
    return {
      hiddenStates: tensor(data, [1, data.length / width, width]),
      ...(pooled && { pooled: tensor(pooled, [1, pooled.length]) }),
    };
  }

  async #encodeChunk(ids: readonly number[], settings: TextEncoderSettings, run: Run): Promise<EncodedChunk> {
    const { clipSkip, vectors } = settings;
    const adapters = settings.adapters.filter(({ passes }) => passes(this.#module.name, {}).length > 0);
    const words = ids.some((id) => id >= vectors.firstId) ? { words: vectors.key } : {};
    const key = stableJson({ ids, clipSkip, adapters: adapters.map((adapter) => adapter.key), ...words });
    const known = this.#encoded.get(key);
    if (known) return known;
    const encoded = this.#run(ids, { clipSkip, adapters, vectors }, run);
    encoded.catch(() => this.#encoded.delete(key));
    this.#encoded.set(key, encoded);
    return encoded;
  }

  async #run(
    ids: readonly number[],
    { clipSkip, adapters, vectors }: TextEncoderSettings,
    run: Run,
  ): Promise<EncodedChunk> {
    const { name, config } = this.#module;
    if (clipSkip >= config.num_hidden_layers) {
      throw pipelineError(
        "PIPELINE_OPTION",
        `clipSkip ${clipSkip}: the text encoder has ${config.num_hidden_layers} layers, so at most ${config.num_hidden_layers - 1} can be left out`,
        { option: "clipSkip" },
      );
    }
    const session = await this.#sessions.get(
      {
        network: name,
        settings: { tokens: ids.length, clipSkip },
        build: (sizes) => addTokenEmbeds.run(this.#rule.buildTextEncoder(this.#module, sizes)).model,
        adapters,
      },
      run,
    );
    const outputs = await session.run(tokenFeeds(ids, vectors, config.hidden_size));
    const states = outputs[this.#rule.hiddenStates]!.data as Float32Array;
    const pooled = outputs[this.#rule.pooled ?? ""]?.data as Float32Array | undefined;
    for (const values of [states, ...(pooled ? [pooled] : [])]) checkFinite(values, "the text encoder");
    return { states, ...(pooled && { pooled }) };
  }
}

/** The inputs of a text encoder: ids, and the embeddings of those that no vocabulary has. */
function tokenFeeds(
  ids: readonly number[],
  { firstId, rows }: TokenVectors,
  width: number,
): Readonly<Record<string, Tensor>> {
  const inTable = BigInt64Array.from(ids, (id) => BigInt(id < firstId ? id : GIVEN_TOKEN));
  const given = new Float32Array(ids.length * width);
  for (const [place, id] of ids.entries()) {
    if (id >= firstId)
      given.set(rows.subarray((id - firstId) * width, (id - firstId + 1) * width), place * width);
  }
  return {
    input_ids: tensor(inTable, [1, ids.length], "int64"),
    token_embeds: tensor(given, [1, ids.length, width]),
  };
}
