import { type Tensor, tensor } from "@sunstep/tensor";
import { applyTokenWeights, type PromptChunk } from "@sunstep/tokenizer";
import type { Adapter } from "./adapter.js";
import type { ArchitectureRule, EncodedPrompt } from "./architectures/architecture.js";
import { checkFinite } from "./check-finite.js";
import type { TextEncoderModule } from "./components.js";
import { concatenate } from "./concatenate.js";
import { pipelineError } from "./errors.js";
import { LruCache } from "./lru-cache.js";
import type { Run } from "./run.js";
import type { SessionCache } from "./session-cache.js";
import { stableJson } from "./stable-json.js";

/** Encoded chunks that are kept: prompts change little from run to run, and most runs encode the empty one. */
const CAPACITY = 64;

export interface TextEncoderSettings {
  readonly clipSkip: number;
  readonly adapters: readonly Adapter[];
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
    const { clipSkip } = settings;
    const adapters = settings.adapters.filter(({ passes }) => passes(this.#module.name, {}).length > 0);
    const key = stableJson({ ids, clipSkip, adapters: adapters.map((adapter) => adapter.key) });
    const known = this.#encoded.get(key);
    if (known) return known;
    const encoded = this.#run(ids, { clipSkip, adapters }, run);
    encoded.catch(() => this.#encoded.delete(key));
    this.#encoded.set(key, encoded);
    return encoded;
  }

  async #run(
    ids: readonly number[],
    { clipSkip, adapters }: TextEncoderSettings,
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
        build: (sizes) => this.#rule.buildTextEncoder(this.#module, sizes),
        adapters,
      },
      run,
    );
    const input_ids: Tensor = tensor(BigInt64Array.from(ids, BigInt), [1, ids.length], "int64");
    const outputs = await session.run({ input_ids });
    const states = outputs[this.#rule.hiddenStates]!.data as Float32Array;
    const pooled = outputs[this.#rule.pooled ?? ""]?.data as Float32Array | undefined;
    for (const values of [states, ...(pooled ? [pooled] : [])]) checkFinite(values, "the text encoder");
    return { states, ...(pooled && { pooled }) };
  }
}
