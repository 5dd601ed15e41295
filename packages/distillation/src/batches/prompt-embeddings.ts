import { vaeScaleFactor } from "@sunstep/checkpoint";
import {
  type ArchitectureRule,
  architectureRule,
  type Conditioning,
  plainSize,
  type SizeConditioning,
  stackConditionings,
} from "@sunstep/pipeline";
import type { LoadOptions, Session } from "@sunstep/runtime";
import { decodeFloat16, encodeFloat16, tensor } from "@sunstep/tensor";
import { storedBytes } from "../memory/stored-bytes.js";
import type { Recipe } from "../recipe.js";
import type { TrainedModel } from "../trained-model.js";

/** Bytes of cached embeddings: all captions of the emoji data, or some 4,000 of an SD 1.5 data set. */
const CAPACITY = 512e6;

/** A prompt as each text encoder gives it, in float16. */
type Kept = readonly { readonly states: Uint16Array; readonly pooled?: Uint16Array }[];

export interface EmbeddingOptions {
  /** Bytes of cached embeddings. Default: 512 MB. */
  readonly capacity?: number;
  readonly load?: Pick<LoadOptions, "weights">;
}

/**
 * Encodes prompts, and caches the most recent embeddings as float16. Each prompt is encoded alone, so that its embedding
 * depends neither on its neighbours nor on the cache.
 */
export class PromptEmbeddings {
  readonly #model: TrainedModel;
  readonly #rule: ArchitectureRule;
  readonly #sessions: readonly Session[];
  readonly #size: SizeConditioning;
  readonly #kept = new Map<string, Promise<Kept>>();
  readonly #keptCount: number;
  /** Bytes of the text encoders' weights as they are stored, and of the cache when it is full. */
  readonly bytes: number;

  private constructor(
    model: TrainedModel,
    { sessions, weightBytes }: { readonly sessions: readonly Session[]; readonly weightBytes: number },
    size: SizeConditioning,
    capacity: number,
  ) {
    this.#model = model;
    this.bytes = weightBytes + capacity;
    this.#rule = architectureRule(model.architecture);
    this.#sessions = sessions;
    this.#size = size;
    const width = model.textEncoders.reduce((sum, { config }) => sum + config.hidden_size, 0);
    this.#keptCount = Math.max(1, Math.floor(capacity / (2 * this.tokens * width)));
  }

  /** `shape`: of the latents to train on, [channels, height, width]; some models are conditioned on the image's size. */
  static async create(
    model: TrainedModel,
    shape: readonly number[],
    { capacity = CAPACITY, load = {} }: EmbeddingOptions = {},
  ): Promise<PromptEmbeddings> {
    const rule = architectureRule(model.architecture);
    const [, height = 1, width = 1] = shape;
    const pixels = vaeScaleFactor(model.vae.config);
    const size = plainSize({ width: pixels * width, height: pixels * height });
    const sessions: Session[] = [];
    let weightBytes = 0;
    for (const encoder of model.textEncoders) {
      const tokens = encoder.tokenizer.maxLength;
      const graph = rule.buildTextEncoder(encoder, { tokens, clipSkip: 0 });
      weightBytes += storedBytes([graph]);
      sessions.push(await model.runtime.load(graph, { ...load, label: encoder.name }));
    }
    return new PromptEmbeddings(model, { sessions, weightBytes }, size, capacity);
  }

  /** Tokens of a prompt, padding included. */
  get tokens(): number {
    return this.#model.textEncoders[0].tokenizer.maxLength;
  }

  /** Returns the U-Net's conditioning of all prompts. Tokens that do not fit are cut off. */
  async encode(prompts: readonly string[]): Promise<Conditioning> {
    const encoded = await Promise.all(prompts.map((prompt) => this.#encode(prompt)));
    return stackConditionings(encoded.map((kept) => this.#conditioning(kept)));
  }

  /** Returns the empty prompt `count` times if negative prompts have a strength other than 1. */
  async empty(count: number, { strength }: Pick<Recipe["negatives"], "strength">) {
    return strength === 1 ? {} : { empty: await this.encode(new Array<string>(count).fill("")) };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.dispose()));
  }

  #conditioning(kept: Kept): Conditioning {
    const encoded = kept.map(({ states, pooled }) => ({
      hiddenStates: tensor(decodeFloat16(states), [1, this.tokens, states.length / this.tokens]),
      ...(pooled && { pooled: tensor(decodeFloat16(pooled), [1, pooled.length]) }),
    }));
    return this.#rule.conditioning(encoded, this.#size);
  }

  #encode(prompt: string): Promise<Kept> {
    const known = this.#kept.get(prompt);
    const encoded = known ?? Promise.all(this.#sessions.map((_, index) => this.#run(prompt, index)));
    if (!known) encoded.catch(() => this.#kept.delete(prompt));
    this.#kept.delete(prompt);
    this.#kept.set(prompt, encoded);
    if (this.#kept.size > this.#keptCount) this.#kept.delete(this.#kept.keys().next().value!);
    return encoded;
  }

  /** Encodes a prompt by the text encoder with that index. */
  async #run(prompt: string, index: number): Promise<Kept[number]> {
    const { ids } = this.#model.textEncoders[index]!.tokenizer.encode(prompt);
    const input_ids = tensor(BigInt64Array.from(ids, BigInt), [1, ids.length], "int64");
    const outputs = await this.#sessions[index]!.run({ input_ids });
    const half = (name: string) => encodeFloat16(outputs[name]!.data as Float32Array);
    const { hiddenStates, pooled } = this.#rule;
    return {
      states: half(hiddenStates),
      ...(pooled !== undefined && outputs[pooled] && { pooled: half(pooled) }),
    };
  }
}
