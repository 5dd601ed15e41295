import { tensor } from "@sunstep/tensor";
import type { Adapter } from "./adapter.js";
import type { ArchitectureRule } from "./architectures/architecture.js";
import type { PipelineComponents } from "./components.js";
import { concatenate } from "./concatenate.js";
import { batchKey, type Conditioning, shapesOf, stackConditionings } from "./conditioning.js";
import type { Run } from "./run.js";
import type { SessionCache } from "./session-cache.js";
import { switchAdapters } from "./switched-adapters.js";

/** One evaluation of the U-Net. */
export interface DenoiserInput {
  /** [batch, channels, height, width], flat; sizes of latents. */
  readonly sample: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly timestep: number;
  /** One for each image. */
  readonly conditionings: readonly Conditioning[];
  readonly adapters: readonly Adapter[];
}

/**
 * The U-Net with the adapters of a request. Evaluates a batch in one run of a session or image by image. Values that
 * depend on the conditioning alone, such as the keys and values of cross-attention, are computed once for each.
 */
export class Denoiser {
  readonly #components: PipelineComponents;
  readonly #rule: ArchitectureRule;
  readonly #sessions: SessionCache;

  constructor(components: PipelineComponents, rule: ArchitectureRule, sessions: SessionCache) {
    this.#components = components;
    this.#rule = rule;
    this.#sessions = sessions;
  }

  /** Returns the network's prediction, [batch, out channels, height, width], flat. */
  async predict(input: DenoiserInput, run: Run): Promise<Float32Array> {
    const size = input.sample.length / input.conditionings.length;
    const sampleOf = (i: number) => input.sample.subarray(i * size, (i + 1) * size);
    const predictions: Float32Array[] = [];
    for (const images of this.#groups(input)) {
      const conditionings = images.map((i) => input.conditionings[i]!);
      const sample = concatenate(images.map(sampleOf));
      const predicted = await this.#evaluate({ ...input, sample, conditionings }, run);
      const predictedSize = predicted.length / images.length;
      for (const [place, image] of images.entries())
        predictions[image] = predicted.subarray(place * predictedSize, (place + 1) * predictedSize);
    }
    return concatenate(predictions);
  }

  /** The images that are evaluated together, by index. */
  #groups({ conditionings, adapters }: DenoiserInput): number[][] {
    const { runtime, batching = runtime.batching } = this.#components;
    const groups = new Map<string, number[]>();
    const isBatched = batching === "batched" || adapters.some(({ mixesBatch }) => mixesBatch);
    for (const [i, conditioning] of conditionings.entries()) {
      const key = isBatched ? batchKey(conditioning) : String(i);
      groups.set(key, [...(groups.get(key) ?? []), i]);
    }
    return [...groups.values()];
  }

  async #evaluate(input: DenoiserInput, run: Run): Promise<Float32Array> {
    const { sample, height, width, timestep } = input;
    const batch = input.conditionings.length;
    const conditioning = stackConditionings(input.conditionings);
    const { adapters, inputs, variants, variant } = switchAdapters(input.adapters, shapesOf(conditioning));
    const session = await this.#sessions.get(
      {
        network: "unet",
        settings: { batch, height, width },
        build: (sizes) => this.#rule.buildUNet(this.#components.unet, { ...sizes, inputs }),
        adapters,
        inputs,
        variants,
        ...(variant !== undefined && { variant }),
      },
      run,
    );
    const channels = sample.length / (batch * height * width);
    const { out_sample } = await session.run(
      {
        ...conditioning,
        sample: tensor(sample, [batch, channels, height, width]),
        timestep: tensor(new Float32Array(batch).fill(timestep), [batch]),
      },
      variant === undefined ? {} : { variant },
    );
    return out_sample!.data as Float32Array;
  }
}
