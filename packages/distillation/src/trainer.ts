import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Runtime, Session } from "@sunstep/runtime";
import { type ForwardProcess, forwardProcess, type SchedulerConfig } from "@sunstep/scheduler";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, tensor } from "@sunstep/tensor";
import { type AdapterTensor, adapterLayout, layoutLength } from "./adapter-layout.js";
import { distillationError } from "./errors.js";
import type { AdamWOptions } from "./graphs/adamw.js";
import { batchShapes, type Objective } from "./graphs/objective.js";
import { targetGraph } from "./graphs/target-graph.js";
import { nextName, STATE, trainStepGraph } from "./graphs/train-step-graph.js";
import { type Span, type Stages, stageSpan } from "./stages.js";
import type { TrainingState } from "./training-state.js";

export interface TrainerOptions
  extends Stages,
    Pick<Objective, "distance" | "weights" | "cfgSpace">,
    Pick<Objective["sizes"], "batch" | "height" | "width" | "tokens"> {
  readonly runtime: Runtime;
  readonly unet: Component<UNetConfig>;
  readonly schedulerConfig: SchedulerConfig;
  readonly variant: SunAdapter["variant"];
  readonly adamw: AdamWOptions;
  readonly signal?: AbortSignal;
}

/** B samples to learn from. */
export interface Batch {
  /** x_t, [B, channels, height, width], flat. */
  readonly sample: Float32Array;
  /** t, from 0 to the last training timestep, one for each. */
  readonly timesteps: readonly number[];
  /** Encoded prompts, [B, tokens, context channels], flat. */
  readonly prompt: Float32Array;
  readonly negative: Float32Array;
  /** The teacher's guidance scale, one for each. */
  readonly guidance: ArrayLike<number>;
}

export interface StepResult {
  readonly loss: number;
  /** The terms of the loss, unweighted; absent where their weight is 0. */
  readonly msc?: number;
  readonly cfg?: number;
  /** Length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** x_t', where the guided teacher's step arrived: the next states on its way. */
  readonly teacherSample: Float32Array;
  /** t', one for each; -1 at the end. */
  readonly teacherTimesteps: readonly number[];
}

type Vectors = Readonly<Record<(typeof STATE)[number], Tensor>>;

/**
 * Trains one adapter: guidance distillation and multi-step consistency (`targetGraph`, `lossGraph`), AdamW and a moving
 * average, as two graphs on the given backend.
 */
export class Trainer {
  readonly layout: readonly AdapterTensor[];
  readonly #options: TrainerOptions;
  readonly #process: ForwardProcess;
  readonly #shapes: ReturnType<typeof batchShapes>;
  readonly #targets: Session;
  readonly #step: Session;
  #vectors: Vectors;
  #stepsDone: number;

  private constructor(
    options: TrainerOptions,
    objective: Objective,
    sessions: { readonly targets: Session; readonly step: Session },
    state: TrainingState,
  ) {
    this.#options = options;
    this.#process = forwardProcess(options.schedulerConfig);
    this.#shapes = batchShapes(objective);
    this.layout = objective.layout;
    this.#targets = sessions.targets;
    this.#step = sessions.step;
    this.#vectors = {
      parameters: vector(state.parameters),
      moment1: vector(state.moment1),
      moment2: vector(state.moment2),
      ema: vector(state.ema),
    };
    this.#stepsDone = state.step;
  }

  /** Loads both graphs. @throws SunstepError STATE_LENGTH where the state is another adapter's; codes of the runtime */
  static async create(options: TrainerOptions, state: TrainingState): Promise<Trainer> {
    const { runtime, unet, variant, adamw, signal, distance, weights, cfgSpace } = options;
    const { batch, height, width, tokens } = options;
    const layout = adapterLayout(unet, variant);
    checkState(state, layoutLength(layout));
    const objective: Objective = {
      unet,
      layout,
      distance,
      weights,
      prediction: forwardProcess(options.schedulerConfig).predictionType,
      sizes: { batch, height, width, tokens },
      ...(cfgSpace && { cfgSpace }),
    };
    const load = signal ? { signal } : {};
    const targets = await runtime.load(targetGraph(objective), { ...load, label: "distillation targets" });
    try {
      const graph = trainStepGraph(objective, adamw);
      const step = await runtime.load(graph, { ...load, label: "distillation step" });
      return new Trainer(options, objective, { targets, step }, state);
    } catch (error) {
      await targets.dispose();
      throw error;
    }
  }

  /** Steps done since the adapter's beginning, by this trainer and those before it. */
  get stepsDone(): number {
    return this.#stepsDone;
  }

  /**
   * Learns from one batch. Steps are done one after the other.
   * @throws SunstepError TRAINING_NOT_FINITE; the state stays as it was
   */
  async step(batch: Batch, learningRate: number): Promise<StepResult> {
    const k = this.#stepsDone + 1;
    const spans = batch.timesteps.map((t) => stageSpan(t, this.#options));
    const feeds = this.#feeds(batch, spans);
    const targets = await runWith(this.#targets, { ...feeds, parameters: this.#vectors.ema });
    const [beta1, beta2] = this.#options.adamw.betas;
    const results = await runWith(this.#step, {
      ...feeds,
      ...targets,
      ...this.#vectors,
      learning_rate: vector(Float32Array.of(learningRate)),
      correction1: vector(Float32Array.of(1 - beta1 ** k)),
      correction2: vector(Float32Array.of(1 - beta2 ** k)),
    });
    const number = (name: string) => Number(results[name]!.data[0]);
    const [loss, gradientNorm] = [number("loss"), number("gradient_norm")];
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw distillationError(
        "TRAINING_NOT_FINITE",
        `step ${k}: the loss is ${loss} and its gradient's length ${gradientNorm}; try a lower learning rate`,
        { step: k, loss, gradientNorm },
      );
    }
    this.#vectors = {
      parameters: results[nextName("parameters")]!,
      moment1: results[nextName("moment1")]!,
      moment2: results[nextName("moment2")]!,
      ema: results[nextName("ema")]!,
    };
    this.#stepsDone = k;
    return {
      loss,
      ...(results.loss_msc && { msc: number("loss_msc") }),
      ...(results.loss_cfg && { cfg: number("loss_cfg") }),
      gradientNorm,
      teacherSample: targets.teacher_sample!.data as Float32Array,
      teacherTimesteps: spans.map(({ teacher }) => teacher),
    };
  }

  /** The vectors as they are now. */
  async state(): Promise<TrainingState> {
    const read = (part: (typeof STATE)[number]) => this.#vectors[part].data as Float32Array;
    return {
      step: this.#stepsDone,
      parameters: read("parameters"),
      moment1: read("moment1"),
      moment2: read("moment2"),
      ema: read("ema"),
    };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#targets.dispose(), this.#step.dispose()]);
  }

  /** The inputs that depend on the batch. */
  #feeds(batch: Batch, spans: readonly Span[]): Record<string, Tensor> {
    const { sample, perSample, prompt } = this.#shapes;
    const column = (values: ArrayLike<number>) => tensor(Float32Array.from(values), perSample);
    const alphaBars = (timesteps: readonly number[]) => column(timesteps.map((t) => this.#alphaBar(t)));
    const teacher = spans.map((span) => span.teacher);
    return {
      sample: tensor(batch.sample, sample),
      timestep: column(batch.timesteps),
      teacher_timestep: column(teacher),
      guidance_scale: column(batch.guidance),
      encoder_hidden_states: tensor(batch.prompt, prompt),
      negative_hidden_states: tensor(batch.negative, prompt),
      alpha_bar: alphaBars(batch.timesteps),
      alpha_bar_teacher: alphaBars(teacher),
      alpha_bar_boundary: alphaBars(spans.map(({ boundary }) => boundary)),
      inside: column(spans.map((span) => (span.teacher > span.boundary ? 1 : 0))),
    };
  }

  #alphaBar(t: number): number {
    const { alphasCumprod, finalAlphaCumprod } = this.#process;
    return t < 0 ? finalAlphaCumprod : alphasCumprod[t]!;
  }
}

/** Runs a graph on those of the feeds that it takes. */
function runWith(session: Session, feeds: Readonly<Record<string, Tensor>>) {
  return session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!])));
}

function vector(data: Float32Array): Tensor<"float32"> {
  return tensor(data, [data.length]);
}

function checkState({ parameters, moment1, moment2, ema }: TrainingState, length: number): void {
  const lengths = [parameters, moment1, moment2, ema].map((part) => part.length);
  if (lengths.every((actual) => actual === length)) return;
  throw distillationError(
    "STATE_LENGTH",
    `the training state has vectors of ${lengths.join(", ")} weights; an adapter for this model has ${length}`,
    { lengths, length },
  );
}
