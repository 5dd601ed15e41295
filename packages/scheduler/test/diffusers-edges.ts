import { readFileSync } from "node:fs";
import type { SchedulerConfig } from "../src/index.js";

interface Edges {
  readonly betas: SchedulerConfig;
  /** Saved configs, and the timesteps of 4 steps for each class that diffusers makes of one; null if it refuses. */
  readonly saved: Readonly<
    Record<
      string,
      {
        readonly config: SchedulerConfig;
        readonly made: Readonly<Record<string, readonly number[] | null>>;
      }
    >
  >;
  /** Whole runs with `network`, begun at sin(1), sin(2), … */
  readonly runs: readonly {
    readonly scheduler: string;
    readonly options: SchedulerConfig;
    readonly steps: number;
    readonly timesteps: readonly number[];
    readonly sample: readonly number[];
  }[];
}

/** Values that diffusers computed (tooling/reference/generator/scheduler_edges.py). */
export const edges: Edges = JSON.parse(
  readFileSync(new URL("./diffusers-edges.json", import.meta.url), "utf8"),
);

export const network = (input: Float32Array, timestep: number) =>
  input.map((value) => 0.5 * Math.cos(value + timestep / 1000));
