import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Feeds, KeptTensor, Runtime, Session } from "@sunstep/runtime";
import { type ForwardProcess, forwardProcess, type SchedulerConfig } from "@sunstep/scheduler";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";
import { type AdapterTensor, adapterLayout, layoutLength } from "./adapter-layout.js";
import { distillationError } from "./errors.js";
import type { AdamWOptions } from "./graphs/adamw.js";
import { lossGraph } from "./graphs/loss-graph.js";
import { batchShapes, type Objective } from "./graphs/objective.js";
import { targetGraph } from "./graphs/target-graph.js";
import { Optimizer, release, runWith } from "./optimizer.js";
import { type Span, type Stages, stageSpan } from "./stages.js";
import type { TrainingState } from "./training-state.js";

export interface TrainerOptions
  extends Stages,
    Pick<Objective, "distance" | "weights" | "cfgSpace" | "negativeStrength">,
    Pick<Objective["sizes"], "batch" | "height" | "width" | "tokens"> {
  readonly runtime: Runtime;
  readonly unet: Component<UNetConfig>;
  readonly schedulerConfig: SchedulerConfig;
  readonly variant: SunAdapter["variant"];
  readonly adamw: AdamWOptions;
  /** True: every batch is a `TaughtBatch`, and what computes targets is not loaded. */
  readonly taught?: boolean;
  readonly signal?: AbortSignal;
}

/** B noisy samples with their prompts. */
export interface Samples {
  /** x_t, [B, channels, height, width], flat. */
  readonly sample: Float32Array;
  /** t, from 0 to the last training timestep, one for each. */
  readonly timesteps: readonly number[];
  /** Encoded prompts, [B, tokens, context channels], flat. */
  readonly prompt: Float32Array;
  readonly negative: Float32Array;
}

/** Samples whose targets are to be computed: by one step of the teacher, and the averaged student from there. */
export interface Batch extends Samples {
  /** The teacher's guidance scale, one for each. */
  readonly guidance: ArrayLike<number>;
  /** The encoded empty prompt as often; only needed where negative prompts have another strength than 1. */
  readonly empty?: Float32Array;
}

/** Samples of which it is known where the teacher arrives. */
export interface TaughtBatch extends Samples {
  /** x_b at the end of each sample's stage: the clean picture at the last one. As `sample`. */
  readonly reached: Float32Array;
}

export interface StepResult {
  readonly loss: number;
  /** The terms of the loss, unweighted; absent where their weight is 0. */
  readonly msc?: number;
  readonly cfg?: number;
  /** Length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Of a `Batch`: where the guided teacher's step arrived, the next states on its way. */
  readonly teacher?: {
    /** x_t' */
    readonly sample: Float32Array;
    /** t', one for each; -1 at the end. */
    readonly timesteps: readonly number[];
  };
}

/** What the step's graph is given besides the batch. */
interface Targets {
  readonly feeds: Feeds;
  readonly kept: Readonly<Record<string, KeptTensor>>;
  readonly teacherSample?: Float32Array;
}

/**
 * Trains one adapter: guidance distillation and multi-step consistency (`targetGraph`, `lossGraph`), AdamW and a moving
 * average, as two graphs on the given backend.
 */
export class Trainer {
  readonly layout: readonly AdapterTensor[];
  readonly #options: TrainerOptions;
  readonly #process: ForwardProcess;
  readonly #shapes: ReturnType<typeof batchShapes>;
  readonly #targets: Session | undefined;
  readonly #optimizer: Optimizer;

  private constructor(
    options: TrainerOptions,
    objective: Objective,
    targets: Session | undefined,
    optimizer: Optimizer,
  ) {
    this.#options = options;
    this.#process = forwardProcess(options.schedulerConfig);
    this.#shapes = batchShapes(objective);
    this.layout = objective.layout;
    this.#targets = targets;
    this.#optimizer = optimizer;
  }

  /** Loads both graphs. @throws SunstepError TRAINING_STATE_LENGTH where the state is another adapter's; codes of the runtime */
  static async create(options: TrainerOptions, state: TrainingState): Promise<Trainer> {
    const { runtime, unet, variant, adamw, signal, distance, weights, cfgSpace, negativeStrength } = options;
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
      ...(negativeStrength !== undefined && { negativeStrength }),
    };
    const load = signal ? { signal } : {};
    const targets = options.taught
      ? undefined
      : await runtime.load(targetGraph(objective), { ...load, label: "distillation targets" });
    try {
      const optimizer = await Optimizer.create(runtime, lossGraph(objective), adamw, state, {
        ...load,
        label: "distillation step",
      });
      return new Trainer(options, objective, targets, optimizer);
    } catch (error) {
      await targets?.dispose();
      throw error;
    }
  }

  /** Steps done since the adapter's beginning, by this trainer and those before it. */
  get stepsDone(): number {
    return this.#optimizer.stepsDone;
  }

  /**
   * Learns from one batch. Steps are done one after the other.
   * @throws SunstepError TRAINING_NOT_FINITE; the state stays as it was
   */
  async step(batch: Batch | TaughtBatch, learningRate: number): Promise<StepResult> {
    const spans = batch.timesteps.map((t) => stageSpan(t, this.#options));
    const feeds = this.#feeds(batch, spans);
    const targets = "reached" in batch ? this.#given(batch) : await this.#computed(feeds);
    try {
      const { loss, gradientNorm, outputs } = await this.#optimizer.step(
        { ...feeds, ...targets.feeds },
        learningRate,
      );
      const { loss_msc: msc, loss_cfg: cfg } = outputs;
      return {
        loss,
        ...(msc && { msc: Number(msc.data[0]) }),
        ...(cfg && { cfg: Number(cfg.data[0]) }),
        gradientNorm,
        ...(targets.teacherSample && {
          teacher: { sample: targets.teacherSample, timesteps: spans.map(({ teacher }) => teacher) },
        }),
      };
    } finally {
      await release(targets.kept);
    }
  }

  /** Targets by the teacher and the averaged student; what is kept must be released. */
  async #computed(feeds: Feeds): Promise<Targets> {
    const session = this.#targets;
    if (!session) throw new TypeError("this trainer was made for batches that bring their targets");
    const names = session.outputs.map(({ name }) => name).filter((name) => name !== "teacher_sample");
    const { outputs, kept } = await runWith(
      session,
      { ...feeds, parameters: this.#optimizer.averaged },
      names,
    );
    return { feeds: kept, kept, teacherSample: outputs.teacher_sample!.data as Float32Array };
  }

  #given({ reached }: TaughtBatch): Targets {
    return { feeds: { msc_target: tensor(reached, this.#shapes.sample) }, kept: {} };
  }

  /** The vectors as they are now. */
  state(): Promise<TrainingState> {
    return this.#optimizer.state();
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#targets?.dispose(), this.#optimizer.dispose()]);
  }

  /** The inputs that depend on the batch. */
  #feeds(batch: Batch | TaughtBatch, spans: readonly Span[]): Feeds {
    const { sample, perSample, prompt } = this.#shapes;
    const { alphasCumprod, finalAlphaCumprod } = this.#process;
    const column = (values: ArrayLike<number>) => tensor(Float32Array.from(values), perSample);
    // A way of the teacher ends in the clean picture, its single steps where diffusers' DDIM ends.
    const last = "reached" in batch ? 1 : finalAlphaCumprod;
    const alphaBars = (timesteps: readonly number[]) =>
      column(timesteps.map((t) => (t < 0 ? last : alphasCumprod[t]!)));
    const teacher = spans.map((span) => span.teacher);
    return {
      sample: tensor(batch.sample, sample),
      timestep: column(batch.timesteps),
      teacher_timestep: column(teacher),
      ...("guidance" in batch && { guidance_scale: column(batch.guidance) }),
      ...("empty" in batch && { empty_hidden_states: tensor(batch.empty, prompt) }),
      encoder_hidden_states: tensor(batch.prompt, prompt),
      negative_hidden_states: tensor(batch.negative, prompt),
      alpha_bar: alphaBars(batch.timesteps),
      alpha_bar_teacher: alphaBars(teacher),
      alpha_bar_boundary: alphaBars(spans.map(({ boundary }) => boundary)),
      inside: column(spans.map((span) => (span.teacher > span.boundary ? 1 : 0))),
    };
  }
}

function checkState({ parameters, moment1, moment2, ema }: TrainingState, length: number): void {
  const lengths = [parameters, moment1, moment2, ema].map((part) => part.length);
  if (lengths.every((actual) => actual === length)) return;
  throw distillationError(
    "TRAINING_STATE_LENGTH",
    `the training state has vectors of ${lengths.join(", ")} weights; an adapter for this model has ${length}`,
    { lengths, length },
  );
}
