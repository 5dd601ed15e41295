import type { Model } from "@sunstep/onnx-graph";
import {
  type DeviceTensor,
  deviceTensors,
  type Feeds,
  hostTensors,
  type LoadOptions,
  type Runtime,
  type Session,
} from "@sunstep/runtime";
import { type Tensor, tensor } from "@sunstep/tensor";
import { distillationError } from "../errors.js";
import type { AdamWOptions } from "../graphs/adamw.js";
import { nextName, optimizerStepGraph, STATE } from "../graphs/optimizer-step-graph.js";
import type { TrainingState } from "./training-state.js";

type Part = (typeof STATE)[number];

/** The state, as device tensors. */
type Vectors = Readonly<Record<Part, DeviceTensor>>;

export interface OptimizerStep {
  readonly loss: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** The graph's other outputs. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface OptimizerLoadOptions extends LoadOptions {
  /**
   * Values of the loss's graph that are kept for the backward pass, which computes the others again: less memory for more
   * time (`planRecomputation` of `@sunstep/autodiff`). Default: all that it reads are kept.
   */
  readonly checkpoint?: readonly string[];
}

/** AdamW with a moving average over one vector of parameters, which stays on the device from step to step. */
export class Optimizer {
  readonly #session: Session;
  readonly #betas: AdamWOptions["betas"];
  #vectors: Vectors;
  #stepsDone: number;

  private constructor(session: Session, betas: AdamWOptions["betas"], vectors: Vectors, stepsDone: number) {
    this.#session = session;
    this.#betas = betas;
    this.#vectors = vectors;
    this.#stepsDone = stepsDone;
  }

  /**
   * Loads the graph of one step. `model` has an input `parameters`, float32, as long as the state's vectors, and an output
   * `loss` of one number.
   * @throws SunstepError: codes of autodiff, for an operator without a gradient, and of the runtime
   */
  static async create(
    runtime: Runtime,
    model: Model,
    options: AdamWOptions,
    state: TrainingState,
    { checkpoint, ...load }: OptimizerLoadOptions = {},
  ): Promise<Optimizer> {
    const memory = checkpoint ? { checkpoint } : {};
    const session = await runtime.load(optimizerStepGraph(model, options, memory), load);
    const vectors = await forEachPart((part) => runtime.keep(vector(state[part])));
    return new Optimizer(session, options.betas, vectors, state.step);
  }

  /** Steps since the state's beginning, those of earlier optimizers included. */
  get stepsDone(): number {
    return this.#stepsDone;
  }

  /** The moving average of the parameters, until the next step. */
  get averaged(): DeviceTensor {
    return this.#vectors.ema;
  }

  /**
   * Takes one step down the loss. Feeds that the graph has no input for are ignored.
   * @throws SunstepError TRAINING_NOT_FINITE; the state stays as it was
   */
  async step(feeds: Feeds, learningRate: number): Promise<OptimizerStep> {
    const k = this.#stepsDone + 1;
    const [beta1, beta2] = this.#betas;
    const { outputs, onDevice } = await runWith(
      this.#session,
      {
        ...feeds,
        ...this.#vectors,
        learning_rate: vector(Float32Array.of(learningRate)),
        correction1: vector(Float32Array.of(1 - beta1 ** k)),
        correction2: vector(Float32Array.of(1 - beta2 ** k)),
      },
      STATE.map(nextName),
    );
    const next = await forEachPart(async (part) => onDevice[nextName(part)]!);
    const number = (name: string) => Number(outputs[name]!.data[0]);
    const [loss, gradientNorm] = [number("loss"), number("gradient_norm")];
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      await release(next);
      throw distillationError(
        "TRAINING_NOT_FINITE",
        `step ${k}: the loss is ${loss} and the norm of its gradient ${gradientNorm}; try a lower learning rate`,
        { step: k, loss, gradientNorm },
      );
    }
    await release(this.#vectors);
    this.#vectors = next;
    this.#stepsDone = k;
    return { loss, gradientNorm, outputs };
  }

  /** Reads the vectors from the device. */
  async state(): Promise<TrainingState> {
    const { parameters, moment1, moment2, ema } = await forEachPart(
      async (part) => (await this.#vectors[part].read()).data as Float32Array,
    );
    return { step: this.#stepsDone, parameters, moment1, moment2, ema };
  }

  async dispose(): Promise<void> {
    await release(this.#vectors);
    await this.#session.dispose();
  }
}

/** Runs a graph on the feeds that it has inputs for, and leaves some outputs on the device. */
export async function runWith(session: Session, feeds: Feeds, keepOnDevice: readonly string[]) {
  const given = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
  const results = await session.run(given, { keepOnDevice });
  return { outputs: hostTensors(results), onDevice: deviceTensors(results) };
}

async function forEachPart<T>(make: (part: Part) => Promise<T>): Promise<Record<Part, T>> {
  const made = await Promise.all(STATE.map(async (part) => [part, await make(part)] as const));
  return Object.fromEntries(made) as Record<Part, T>;
}

export async function release(tensors: Readonly<Record<string, DeviceTensor>>): Promise<void> {
  await Promise.all(Object.values(tensors).map((tensor) => tensor.release()));
}

function vector(data: Float32Array): Tensor<"float32"> {
  return tensor(data, [data.length]);
}
