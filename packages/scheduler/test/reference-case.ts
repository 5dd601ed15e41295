// Scheduler trajectories: a schedule is driven by the analytic model that the reference was made with, and every
// sample is compared, relative to the standard deviation of the expected trajectory.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allclose, type KindChecker, readSafetensors } from "@sunstep/testing";
import { createScheduler, type PlanOptions, type Schedule, type SchedulerConfig } from "../src/index.js";

export interface SchedulerCase {
  readonly id: string;
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly num_inference_steps: number;
  readonly set_timesteps_kwargs?: Readonly<Record<string, unknown>>;
  readonly step_kwargs?: Readonly<Record<string, unknown>>;
  readonly strength?: number;
  readonly what?: string;
  readonly timesteps?: readonly number[];
  readonly sigmas?: readonly number[];
  readonly init_noise_sigma?: number;
  readonly noise_at_call?: readonly number[];
}

type Tensors = (name: string) => Float32Array | undefined;

/** diffusers' keyword arguments and the run's options that they are. */
const planOptions: Readonly<Record<string, keyof PlanOptions>> = {
  original_inference_steps: "originalInferenceSteps",
  eta: "eta",
  use_clipped_model_output: "useClippedModelOutput",
  s_churn: "sChurn",
  s_tmin: "sTmin",
  s_tmax: "sTmax",
  s_noise: "sNoise",
  order: "order",
};

export function planCase(entry: SchedulerCase): Schedule {
  const options = Object.entries({ ...entry.set_timesteps_kwargs, ...entry.step_kwargs }).map(
    ([key, value]) => {
      const option = planOptions[key];
      if (!option) throw new Error(`the run has an argument ${key} that this checker does not know`);
      return [option, value];
    },
  );
  const config: SchedulerConfig = { ...entry.config, _class_name: entry.class };
  return createScheduler(config).plan({
    ...(Object.fromEntries(options) as PlanOptions),
    steps: entry.num_inference_steps,
    ...(entry.strength !== undefined && { strength: entry.strength }),
  });
}

/** eps(x, t) = 0.3 x cos(0.01 t) + 0.1 sin(0.02 t + i), i the element's index; rounded as the reference was. */
function model(x: Float32Array, t: number): Float32Array {
  const { fround } = Math;
  const c = fround(Math.cos(0.01 * t));
  return x.map(
    (value, i) =>
      fround(fround(fround(0.3) * value) * c) + fround(fround(0.1) * fround(Math.sin(0.02 * t + i))),
  );
}

/** Runs a whole case with the recorded noise; the callback lets a caller stop without a comparison. */
function runCase(schedule: Schedule, start: Float32Array, noise: Float32Array | undefined) {
  let drawn = 0;
  const noiseAtCall: number[] = [];
  const trajectory = new Float32Array(schedule.timesteps.length * start.length);
  let sample = start;
  for (const [index, t] of schedule.timesteps.entries()) {
    const output = model(schedule.scaleModelInput(sample, index), t);
    sample = schedule.step(output, index, sample, () => {
      noiseAtCall.push(index);
      const offset = drawn++ * start.length;
      if (!noise || offset >= noise.length)
        throw new Error(`step ${index} draws noise that the reference did not`);
      return noise.subarray(offset, offset + start.length);
    }).sample;
    trajectory.set(sample, index * start.length);
  }
  return { trajectory, noiseAtCall };
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}

function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  atol: number,
  rtol = 0,
) {
  const { pass, message } = allclose(actual, expected, { atol, rtol });
  if (!pass) throw new Error(`${what}: ${message}`);
}

function checkTrajectory(entry: SchedulerCase, tensors: Tensors, rtolStd: number): void {
  const schedule = planCase(entry);
  const expected = tensors("trajectory")!;
  const atol = rtolStd * deviation(expected);
  const noise0 = tensors("noise0")!;
  // Integers are exact; timesteps between them and sigmas come from float32 logarithms and products of diffusers.
  const isWhole = entry.timesteps?.every(Number.isInteger);
  if (entry.timesteps) expectClose("timesteps", schedule.timesteps, entry.timesteps, 0, isWhole ? 0 : 1e-6);
  if (entry.sigmas)
    expectClose("sigmas", schedule.sigmas ?? [], entry.sigmas.slice(schedule.beginIndex), 0, 2e-6);
  if (entry.init_noise_sigma !== undefined) {
    expectClose("initNoiseSigma", [schedule.initNoiseSigma], [entry.init_noise_sigma], 0, 1e-6);
  }
  const x0 = tensors("x0");
  const start = x0
    ? schedule.addNoise(x0, noise0, 0)
    : noise0.map((value) => value * schedule.initNoiseSigma);
  const startTolerance = Math.max(rtolStd * deviation(tensors("start")!), 1e-7);
  expectClose("start", start, tensors("start")!, startTolerance);
  expectClose(
    "first model input",
    schedule.scaleModelInput(start, 0),
    tensors("scaled_input0")!,
    startTolerance,
  );
  // diffusers weighs the first slopes of a cut LMS run as if it had all of them, which leaves noise in the image;
  // sunstep does not, on purpose. `packages/scheduler/test/laws.test.ts` holds where such a run must end.
  if (entry.class === "LMSDiscreteScheduler" && schedule.beginIndex > 0) return;
  const { trajectory, noiseAtCall } = runCase(schedule, start, tensors("noise"));
  expectClose("trajectory", trajectory, expected, atol);
  if (entry.noise_at_call && `${noiseAtCall}` !== `${entry.noise_at_call}`) {
    throw new Error(`noise was drawn at calls [${noiseAtCall}], expected [${entry.noise_at_call}]`);
  }
}

function checkAddNoise(
  entry: SchedulerCase,
  tensors: Tensors,
  timesteps: ArrayLike<number>,
  rtolStd: number,
): void {
  const schedule = planCase(entry);
  const expected = tensors("out")!;
  const x = tensors("x")!;
  for (let k = 0; k < timesteps.length; k++) {
    const index = schedule.timesteps.lastIndexOf(timesteps[k]!);
    if (index < 0) throw new Error(`timestep ${timesteps[k]} is not among [${schedule.timesteps}]`);
    const out = expected.subarray(k * x.length, (k + 1) * x.length);
    const made = schedule.addNoise(x, tensors("noise")!, index);
    expectClose(`add_noise at ${timesteps[k]}`, made, out, rtolStd * deviation(out));
  }
}

const parsed = new Map<string, unknown>();

/** Each file holds many cases and is read once. */
function once<T>(path: string, read: (path: string) => T): T {
  if (!parsed.has(path)) parsed.set(path, read(path));
  return parsed.get(path) as T;
}

export const kind: KindChecker = {
  kind: "scheduler",
  async check(testCase, dir) {
    const {
      cases,
      case: id,
      file,
      rtolStd,
    } = testCase as Record<"cases" | "case" | "file", string> & { rtolStd: number };
    const index = once(
      join(dir, cases),
      (path) => JSON.parse(readFileSync(path, "utf8")) as { cases: SchedulerCase[] },
    );
    const entry = index.cases.find((candidate) => candidate.id === id);
    if (!entry) throw new Error(`${cases} has no case ${id}`);
    const golden = once(join(dir, file), readSafetensors);
    const tensors: Tensors = (name) => golden.get(`${id}.${name}`)?.data as Float32Array | undefined;
    const listed = golden.get(`${id}.t`)?.data;
    if (listed) checkAddNoise(entry, tensors, Float64Array.from<number | bigint>(listed, Number), rtolStd);
    else checkTrajectory(entry, tensors, rtolStd);
  },
};
