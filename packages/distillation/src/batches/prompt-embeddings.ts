import { type Conditioning, stableDiffusion } from "@sunstep/pipeline";
import type { Session } from "@sunstep/runtime";
import { decodeFloat16, encodeFloat16, tensor } from "@sunstep/tensor";
import type { Recipe } from "../recipe.js";
import type { TrainedModel } from "../trained-model.js";

/** Bytes of cached embeddings: all captions of the emoji data, or some 4,000 of an SD 1.5 data set. */
const CAPACITY = 512e6;

/**
 * Encodes prompts, and caches the most recent embeddings as float16. Each prompt is encoded alone, so that its embedding
 * depends neither on its neighbours nor on the cache.
 */
export class PromptEmbeddings {
  readonly #model: TrainedModel;
  readonly #session: Session;
  readonly #kept = new Map<string, Promise<Uint16Array>>();
  readonly #keptCount: number;

  private constructor(model: TrainedModel, session: Session, capacity: number) {
    this.#model = model;
    this.#session = session;
    this.#keptCount = Math.max(1, Math.floor(capacity / (2 * this.tokens * this.width)));
  }

  static async create(model: TrainedModel, capacity = CAPACITY): Promise<PromptEmbeddings> {
    const [encoder] = model.textEncoders;
    const { name, tokenizer } = encoder;
    const graph = ruleOf(model).buildTextEncoder(encoder, { tokens: tokenizer.maxLength, clipSkip: 0 });
    return new PromptEmbeddings(model, await model.runtime.load(graph, { label: name }), capacity);
  }

  /** Tokens of a prompt, padding included. */
  get tokens(): number {
    return this.#model.textEncoders[0].tokenizer.maxLength;
  }

  /** Length of a token's embedding. */
  get width(): number {
    return this.#model.textEncoders[0].config.hidden_size;
  }

  /** Returns the U-Net's conditioning of all prompts. Tokens that do not fit are cut off. */
  async encode(prompts: readonly string[]): Promise<Conditioning> {
    const size = this.tokens * this.width;
    const stacked = new Float32Array(prompts.length * size);
    const encoded = await Promise.all(prompts.map((prompt) => this.#encode(prompt)));
    for (const [i, states] of encoded.entries()) stacked.set(decodeFloat16(states), i * size);
    const hiddenStates = tensor(stacked, [prompts.length, this.tokens, this.width]);
    return ruleOf(this.#model).conditioning([{ hiddenStates }]);
  }

  /** Returns the empty prompt `count` times if negative prompts have a strength other than 1. */
  async empty(count: number, { strength }: Pick<Recipe["negatives"], "strength">) {
    return strength === 1 ? {} : { empty: await this.encode(new Array<string>(count).fill("")) };
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  #encode(prompt: string): Promise<Uint16Array> {
    const kept = this.#kept.get(prompt);
    const states = kept ?? this.#run(prompt);
    if (!kept) states.catch(() => this.#kept.delete(prompt));
    this.#kept.delete(prompt);
    this.#kept.set(prompt, states);
    if (this.#kept.size > this.#keptCount) this.#kept.delete(this.#kept.keys().next().value!);
    return states;
  }

  async #run(prompt: string): Promise<Uint16Array> {
    const { ids } = this.#model.textEncoders[0].tokenizer.encode(prompt);
    const input_ids = tensor(BigInt64Array.from(ids, BigInt), [1, ids.length], "int64");
    const results = await this.#session.run({ input_ids });
    return encodeFloat16(results[ruleOf(this.#model).hiddenStates]!.data as Float32Array);
  }
}

/** Returns the rule that joins text encoder and U-Net; all supported architectures have one text encoder. */
function ruleOf({ architecture }: TrainedModel) {
  return typeof architecture === "string" ? stableDiffusion : architecture;
}
