import type { Session } from "@sunstep/runtime";
import { createScheduler, type Schedule, type SchedulerConfig, schedulerPreset } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";

/** One way of the guided teacher, from noise to picture. */
export interface TeacherPath {
  readonly prompt: string;
  readonly negative: string;
  /** x at each of its timesteps and at the end, [steps + 1, ...], flat. */
  readonly states: Float32Array;
}

/** What ways that are walked side by side begin with. */
export interface PathStart {
  readonly prompts: readonly { readonly prompt: string; readonly negative: string }[];
  /** Unit noise, [B, channels, height, width]. */
  readonly noise: Tensor<"float32">;
  /** Inputs of `guidedTeacherGraph` that stay the same. */
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** The teacher's steps: DPM-Solver++ (2M) at trailing timesteps, as SUN's own. */
export function teacherSchedule(config: SchedulerConfig, steps: number, batch: number): Schedule {
  const preset = schedulerPreset("dpm++2m", config);
  return createScheduler({ ...preset, timestep_spacing: "trailing" }).plan({ steps, batch });
}

/** Ways that are walked side by side, a step at a time. */
export class PathWalk {
  readonly #session: Session;
  readonly #schedule: Schedule;
  readonly #start: PathStart;
  /** x at each timestep so far. */
  readonly #states: Float32Array[];

  /** @param session `guidedTeacherGraph` */
  constructor(session: Session, schedule: Schedule, start: PathStart) {
    this.#session = session;
    this.#schedule = schedule;
    this.#start = start;
    this.#states = [start.noise.data.map((value) => value * schedule.initNoiseSigma)];
  }

  get stepsDone(): number {
    return this.#states.length - 1;
  }

  get isDone(): boolean {
    return this.stepsDone === this.#schedule.timesteps.length;
  }

  async advance(): Promise<void> {
    const { noise, feeds } = this.#start;
    const [index, state] = [this.stepsDone, this.#states.at(-1)!];
    const batch = noise.shape[0]!;
    const { guided } = await this.#session.run({
      ...feeds,
      sample: tensor(this.#schedule.scaleModelInput(state, index), noise.shape),
      timestep: tensor(new Float32Array(batch).fill(this.#schedule.timesteps[index]!), [batch]),
    });
    // The solver is deterministic: it asks for no noise.
    const next = this.#schedule.step(guided!.data as Float32Array, index, state, () => new Float32Array(0));
    this.#states.push(next.sample);
  }

  /** The ways, once they are done. */
  paths(): TeacherPath[] {
    const { prompts } = this.#start;
    const size = this.#start.noise.data.length / prompts.length;
    return prompts.map((prompt, i) => {
      const states = new Float32Array(this.#states.length * size);
      for (const [k, state] of this.#states.entries())
        states.set(state.subarray(i * size, (i + 1) * size), k * size);
      return { ...prompt, states };
    });
  }
}
