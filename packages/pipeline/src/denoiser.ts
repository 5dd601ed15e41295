import { addLoras } from "@sunstep/lora";
import { buildUNet } from "@sunstep/networks";
import type { Pass } from "@sunstep/onnx-graph";
import type { Session } from "@sunstep/runtime";
import { addSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, tensor } from "@sunstep/tensor";
import { concatenate } from "./concatenate.js";
import { type Embeddings, row } from "./embeddings.js";
import type { PipelineParts } from "./parts.js";
import type { SessionCache } from "./sessions.js";

/** One network evaluation. */
export interface DenoiserInput {
  /** [batch, channels, height, width], flat; sizes of latents. */
  readonly sample: Float32Array;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly timestep: number;
  readonly context: Embeddings;
  /** With SUN: the encoded negative prompt and how strongly the adapter acts. */
  readonly sun?: { readonly negative: Embeddings; readonly scale: number };
}

/** Inputs that stay the same from step to step. */
const PROMPT_INPUTS = ["encoder_hidden_states", "negative_hidden_states", "sun_scale"];

/**
 * The U-Net with whatever adapters are loaded: evaluates a batch, in one session run or one for each picture. What
 * depends on prompts alone, such as the keys and values of cross-attention, is computed once for each.
 */
export class Denoiser {
  readonly #parts: PipelineParts;
  readonly #sessions: SessionCache;

  constructor(parts: PipelineParts, sessions: SessionCache) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  /** What the network predicts, [batch, out channels, height, width], flat. */
  async predict(input: DenoiserInput): Promise<Float32Array> {
    if (input.batch === 1 || this.#batched(input)) return this.#run(input);
    const size = input.sample.length / input.batch;
    const predictions: Float32Array[] = [];
    for (let i = 0; i < input.batch; i++) {
      const one = await this.#run({
        ...input,
        batch: 1,
        sample: input.sample.subarray(i * size, (i + 1) * size),
        context: row(input.context, i),
        ...(input.sun && { sun: { ...input.sun, negative: row(input.sun.negative, i) } }),
      });
      predictions.push(one);
    }
    return concatenate(predictions);
  }

  /** SUN's "batch" norm mixes the pictures of a batch, so they must be evaluated together. */
  #batched({ sun }: DenoiserInput): boolean {
    if (sun && this.#parts.sunNorm === "batch") return true;
    const { runtime, batching = runtime.batching } = this.#parts;
    return batching === "batched";
  }

  async #run(input: DenoiserInput): Promise<Float32Array> {
    const { sample, batch, height, width, timestep, context, sun } = input;
    const channels = sample.length / (batch * height * width);
    const variant = this.#variant(input);
    const session = await this.#session(input);
    const { out_sample } = await session.run(
      {
        sample: tensor(sample, [batch, channels, height, width]),
        timestep: tensor(new Float32Array(batch).fill(timestep), [batch]),
        encoder_hidden_states: embeddingsTensor(context),
        ...(sun && {
          negative_hidden_states: embeddingsTensor(sun.negative),
          sun_scale: tensor(Float32Array.of(sun.scale), [1]),
        }),
      },
      variant,
    );
    return out_sample!.data as Float32Array;
  }

  #variant({ sun }: DenoiserInput): { readonly variant?: "plain" } {
    return this.#parts.sun && !sun ? { variant: "plain" } : {};
  }

  /** The network with and without SUN is one session, so both share prepared weights. */
  #session(input: DenoiserInput): Promise<Session> {
    const { batch, height, width, context, sun } = input;
    const { unet, loras = [], sun: adapter, sunNorm = "sample" } = this.#parts;
    const sizes = { batch, height, width, tokens: context.tokens };
    const negativeTokens = sun?.negative.tokens ?? context.tokens;
    const passes: Pass[] = [addLoras(loras, "unet")];
    if (adapter) passes.push(addSunAdapter(adapter, { norm: sunNorm, negativeTokens }));
    const noNegative = new Float32Array(batch * negativeTokens * context.width);
    const plain = {
      sun_scale: tensor(new Float32Array(1), [1]),
      negative_hidden_states: tensor(noNegative, [batch, negativeTokens, context.width]),
    };
    return this.#sessions.get({
      key: `unet ${batch}x${height}x${width} ${context.tokens}+${negativeTokens}`,
      build: () => buildUNet({ ...unet, ...sizes }),
      passes,
      load: {
        label: "unet",
        invariantInputs: PROMPT_INPUTS,
        ...(adapter && { variants: { plain } }),
        ...this.#variant(input),
      },
    });
  }
}

function embeddingsTensor({ data, batch, tokens, width }: Embeddings): Tensor<"float32"> {
  return tensor(data, [batch, tokens, width]);
}
