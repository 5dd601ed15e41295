import type { Component, UNetConfig } from "@sunstep/checkpoint";
import type { Conditioning } from "@sunstep/pipeline";
import type { Feeds, LoadOptions, Runtime, Session } from "@sunstep/runtime";
import { type ForwardProcess, forwardProcess, type SchedulerConfig } from "@sunstep/scheduler";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";
import { distillationError } from "../errors.js";
import type { AdamWOptions } from "../graphs/adamw.js";
import { conditioningName, type PromptRole } from "../graphs/conditioning.js";
import { lossGraph } from "../graphs/loss-graph.js";
import { batchShapes, type Objective } from "../graphs/objective.js";
import { targetGraph } from "../graphs/target-graph.js";
import { planTrainingMemory, type TrainingGraphs, type TrainingMemory } from "../memory/training-memory.js";
import { type AdapterTensor, adapterLayout, layoutLength } from "./adapter-layout.js";
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
  readonly signal?: AbortSignal;
  /**
   * Bytes that the process may take. Weights then stay in their files, and the backward pass computes as much again as is
   * needed. Default: no limit, and the fastest form of everything.
   */
  readonly memoryLimit?: number;
  /** Bytes of it that others of the run hold. Default 0. */
  readonly memoryHeld?: number;
}

/** B noisy samples with their prompts. */
export interface Batch {
  /** x_t, [B, channels, height, width], flat. */
  readonly sample: Float32Array;
  /** t of each sample, from 0 to the last training timestep. */
  readonly timesteps: readonly number[];
  /** Encoded prompts, by the U-Net's names of its inputs. */
  readonly positive: Conditioning;
  readonly negative: Conditioning;
  /** The teacher's guidance scale for each sample. */
  readonly guidance: ArrayLike<number>;
  /** The encoded empty prompt, repeated B times; required if negative prompts have a strength other than 1. */
  readonly empty?: Conditioning;
}

export interface StepResult {
  readonly loss: number;
  /** The terms of the loss, unweighted; absent where their weight is 0. */
  readonly msc?: number;
  readonly cfg?: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** The guided teacher's step: the next state of each sample's trajectory. */
  readonly teacher?: {
    /** x_t' */
    readonly sample: Float32Array;
    /** t' of each sample; -1 at the end of a trajectory. */
    readonly timesteps: readonly number[];
  };
}

/** The trainer as a run sees it. */
export interface StepTrainer {
  readonly layout: readonly AdapterTensor[];
  /** The estimate for a run with a memory limit. */
  readonly memory?: TrainingMemory;
  /** Steps since the adapter's beginning, those of earlier runs included. */
  readonly stepsDone: number;
  /**
   * Learns from one batch. Steps run one after the other.
   * @throws SunstepError TRAINING_NOT_FINITE; the state stays as it was
   */
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /** Reads the vectors from the device. */
  state(): Promise<TrainingState>;
  dispose(): Promise<void>;
}

/**
 * Trains one adapter: guidance distillation and multi-step consistency (`targetGraph`, `lossGraph`), AdamW and a moving
 * average, as two graphs on the given backend.
 */
export class Trainer implements StepTrainer {
  readonly layout: readonly AdapterTensor[];
  readonly memory?: TrainingMemory;
  readonly #options: TrainerOptions;
  readonly #process: ForwardProcess;
  readonly #shapes: ReturnType<typeof batchShapes>;
  readonly #targets: Session;
  readonly #optimizer: Optimizer;

  private constructor(
    options: TrainerOptions,
    { objective, memory }: { readonly objective: Objective; readonly memory: TrainingMemory | undefined },
    targets: Session,
    optimizer: Optimizer,
  ) {
    if (memory) this.memory = memory;
    this.#options = options;
    this.#process = forwardProcess(options.schedulerConfig);
    this.#shapes = batchShapes(objective);
    this.layout = objective.layout;
    this.#targets = targets;
    this.#optimizer = optimizer;
  }

  /**
   * Loads both graphs.
   * @throws SunstepError TRAINING_STATE_LENGTH if the state belongs to another adapter; TRAINING_MEMORY if a step cannot
   * stay within the limit; codes of the runtime
   */
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
    const graphs = { targets: targetGraph(objective), loss: lossGraph(objective) };
    const memory = planMemory(options, graphs, layoutLength(layout));
    const load: LoadOptions = { ...(signal && { signal }), ...(memory && { weights: "stored" }) };
    const targets = await runtime.load(graphs.targets, { ...load, label: "distillation targets" });
    try {
      const optimizer = await Optimizer.create(runtime, graphs.loss, adamw, state, {
        ...load,
        ...(memory?.checkpoint && { checkpoint: memory.checkpoint }),
        label: "distillation step",
      });
      return new Trainer(options, { objective, memory }, targets, optimizer);
    } catch (error) {
      await targets.dispose();
      throw error;
    }
  }

  get stepsDone(): number {
    return this.#optimizer.stepsDone;
  }

  async step(batch: Batch, learningRate: number): Promise<StepResult> {
    const spans = batch.timesteps.map((t) => stageSpan(t, this.#options));
    const feeds = this.#feeds(batch, spans);
    const { outputs, onDevice } = await runWith(
      this.#targets,
      { ...feeds, parameters: this.#optimizer.averaged },
      this.#targets.outputs.map(({ name }) => name).filter((name) => name !== "teacher_sample"),
    );
    try {
      const step = await this.#optimizer.step({ ...feeds, ...onDevice }, learningRate);
      const { loss_msc: msc, loss_cfg: cfg } = step.outputs;
      return {
        loss: step.loss,
        ...(msc && { msc: Number(msc.data[0]) }),
        ...(cfg && { cfg: Number(cfg.data[0]) }),
        gradientNorm: step.gradientNorm,
        teacher: {
          sample: outputs.teacher_sample!.data as Float32Array,
          timesteps: spans.map(({ teacher }) => teacher),
        },
      };
    } finally {
      await release(onDevice);
    }
  }

  state(): Promise<TrainingState> {
    return this.#optimizer.state();
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#targets.dispose(), this.#optimizer.dispose()]);
  }

  /** The inputs that depend on the batch. */
  #feeds(batch: Batch, spans: readonly Span[]): Feeds {
    const { sample, perSample } = this.#shapes;
    const { alphasCumprod, finalAlphaCumprod } = this.#process;
    const column = (values: ArrayLike<number>) => tensor(Float32Array.from(values), perSample);
    const alphaBars = (timesteps: readonly number[]) =>
      column(timesteps.map((t) => (t < 0 ? finalAlphaCumprod : alphasCumprod[t]!)));
    const teacher = spans.map((span) => span.teacher);
    return {
      sample: tensor(batch.sample, sample),
      timestep: column(batch.timesteps),
      teacher_timestep: column(teacher),
      guidance_scale: column(batch.guidance),
      ...named("positive", batch.positive),
      ...named("negative", batch.negative),
      ...(batch.empty && named("empty", batch.empty)),
      alpha_bar: alphaBars(batch.timesteps),
      alpha_bar_teacher: alphaBars(teacher),
      alpha_bar_boundary: alphaBars(spans.map(({ boundary }) => boundary)),
      inside: column(spans.map((span) => (span.teacher > span.boundary ? 1 : 0))),
    };
  }
}

function planMemory(
  { runtime, adamw, memoryLimit, memoryHeld = 0 }: TrainerOptions,
  graphs: Pick<TrainingGraphs, "targets" | "loss">,
  parameters: number,
): TrainingMemory | undefined {
  if (memoryLimit === undefined) return undefined;
  if (runtime.device === "cpu")
    return planTrainingMemory({ ...graphs, adamw, parameters, others: memoryHeld }, memoryLimit);
  throw distillationError(
    "TRAINING_MEMORY",
    `a memory limit needs the device "cpu", and the runtime's is ${JSON.stringify(runtime.device)}`,
    { limit: memoryLimit, device: runtime.device },
  );
}

function named(role: PromptRole, conditioning: Conditioning): Feeds {
  return Object.fromEntries(
    Object.entries(conditioning).map(([name, value]) => [conditioningName(role, name), value]),
  );
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
