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

/** One text encoder of a pipeline, with the chunks that it encoded last. */
export class TextEncoder {
  readonly #module: TextEncoderModule;
  readonly #rule: ArchitectureRule;
  readonly #sessions: SessionCache;
  readonly #states = new LruCache<Promise<Float32Array>>(CAPACITY);

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
    for (const { ids, weights } of chunks) {
      const encoded = await this.#encodeChunk(ids, settings, run);
      const isWeighted = weights.some((weight) => weight !== 1);
      states.push(isWeighted ? applyTokenWeights(encoded, weights) : encoded);
    }
    const data = concatenate(states);
    const width = this.#module.config.hidden_size;
    return { hiddenStates: tensor(data, [1, data.length / width, width]) };
  }

  async #encodeChunk(ids: readonly number[], settings: TextEncoderSettings, run: Run): Promise<Float32Array> {
    const { clipSkip } = settings;
    const adapters = settings.adapters.filter(({ passes }) => passes(this.#module.name, {}).length > 0);
    const key = stableJson({ ids, clipSkip, adapters: adapters.map((adapter) => adapter.key) });
    const known = this.#states.get(key);
    if (known) return known;
    const states = this.#run(ids, { clipSkip, adapters }, run);
    states.catch(() => this.#states.delete(key));
    this.#states.set(key, states);
    return states;
  }

  async #run(
    ids: readonly number[],
    { clipSkip, adapters }: TextEncoderSettings,
    run: Run,
  ): Promise<Float32Array> {
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
    const { [this.#rule.hiddenStates]: states } = await session.run({ input_ids });
    const data = states!.data as Float32Array;
    checkFinite(data, "the text encoder");
    return data;
  }
}
