import type { Results } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import type { ArchitectureRule } from "../architectures/architecture.js";
import type { PipelineComponents } from "../components.js";
import { type ControlNets, releaseResiduals } from "../control/controlnets.js";
import type { StepControls } from "../control/run-controls.js";
import { concatenate } from "../prompts/concatenate.js";
import {
  batchKey,
  type Conditioning,
  type InputShapes,
  shapesOf,
  stackConditionings,
} from "../prompts/conditioning.js";
import type { Run } from "../run.js";
import type { Adapter } from "./adapter.js";
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
  /** Shapes of the inputs that the images of other evaluations have, for a batch of one. */
  readonly known: InputShapes;
  readonly controls?: StepControls;
}

/**
 * The U-Net with the adapters of a request. Evaluates a batch in one run of a session or image by image. Values that
 * depend on the conditioning alone, such as the keys and values of cross-attention, are computed once for each.
 */
export class Denoiser {
  readonly #components: PipelineComponents;
  readonly #rule: ArchitectureRule;
  readonly #sessions: SessionCache;
  readonly #controlNets: ControlNets;

  constructor(
    components: PipelineComponents,
    rule: ArchitectureRule,
    sessions: SessionCache,
    controlNets: ControlNets,
  ) {
    this.#components = components;
    this.#rule = rule;
    this.#sessions = sessions;
    this.#controlNets = controlNets;
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
  #groups({ conditionings, adapters, controls }: DenoiserInput): number[][] {
    const { runtime, batching = runtime.batching } = this.#components;
    const groups = new Map<string, number[]>();
    const isBatched = batching === "batched" || adapters.some(({ mixesBatch }) => mixesBatch);
    for (const [i, conditioning] of conditionings.entries()) {
      const controlled = controls?.conditioningOf(conditioning);
      const key = isBatched ? batchKey(conditioning) + (controlled ? batchKey(controlled) : "") : String(i);
      groups.set(key, [...(groups.get(key) ?? []), i]);
    }
    return [...groups.values()];
  }

  async #evaluate(input: DenoiserInput, run: Run): Promise<Float32Array> {
    const conditioning = stackConditionings(input.conditionings);
    const residuals = await this.#residuals(input, run);
    try {
      return await this.#evaluateUNet(input, conditioning, residuals, run);
    } finally {
      await releaseResiduals(residuals);
    }
  }

  /** Evaluates the ControlNets that take part. */
  async #residuals({ controls, conditionings, ...input }: DenoiserInput, run: Run): Promise<Results> {
    const own = conditionings.map((one) => controls?.conditioningOf(one));
    if (!controls?.controls.length || !own.every((one) => one !== undefined)) return {};
    const step = { ...input, batch: own.length, conditioning: stackConditionings(own) };
    return this.#controlNets.evaluate(controls.controls, step, run);
  }

  async #evaluateUNet(
    input: DenoiserInput,
    conditioning: Conditioning,
    residuals: Results,
    run: Run,
  ): Promise<Float32Array> {
    const { sample, height, width, timestep } = input;
    const batch = input.conditionings.length;
    const given = { ...shapesOf(conditioning), ...shapesOf(residuals) };
    const { adapters, inputs, varying, variants, variant } = switchAdapters(
      input.adapters,
      given,
      ofBatch(input.known, batch),
    );
    const session = await this.#sessions.get(
      {
        network: "unet",
        settings: { batch, height, width },
        build: (sizes) => this.#rule.buildUNet(this.#components.unet, { ...sizes, inputs }),
        adapters,
        inputs,
        varying,
        variants,
        ...(variant !== undefined && { variant }),
      },
      run,
    );
    const channels = sample.length / (batch * height * width);
    const { out_sample } = await session.run(
      {
        ...conditioning,
        ...residuals,
        sample: tensor(sample, [batch, channels, height, width]),
        timestep: tensor(new Float32Array(batch).fill(timestep), [batch]),
      },
      variant === undefined ? {} : { variant },
    );
    return out_sample!.data as Float32Array;
  }
}

/** Inputs with a single axis are shared by all images. */
function ofBatch(shapes: InputShapes, batch: number): InputShapes {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      shape.length > 1 ? [batch, ...shape.slice(1)] : shape,
    ]),
  );
}
