import { describe, expect, it } from "vitest";
import {
  createScheduler,
  ignoredTrainingOptions,
  listSchedulers,
  parseSchedulerConfig,
  type SchedulerConfig,
  schedulerClasses,
  schedulerConfigFrom,
  schedulerPreset,
} from "../src/index.js";

// Stable Diffusion 1.5's scheduler_config.json.
const base: SchedulerConfig = {
  _class_name: "PNDMScheduler",
  _diffusers_version: "0.6.0",
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  beta_start: 0.00085,
  num_train_timesteps: 1000,
  set_alpha_to_one: false,
  skip_prk_steps: true,
  steps_offset: 1,
  trained_betas: null,
  clip_sample: false,
};

const refused = (code: string) => expect.objectContaining({ code });

it("finds the classes that ignore a rescaling of betas, as diffusers' classes of 0.42 and PeRFlow's do", () => {
  const ignoring = schedulerClasses.filter((name) => {
    const config = { _class_name: name, beta_schedule: "linear", rescale_betas_zero_snr: true };
    expect(ignoredTrainingOptions({ ...config, rescale_betas_zero_snr: false })).toEqual([]);
    return ignoredTrainingOptions(config).includes("rescale_betas_zero_snr");
  });
  expect(ignoring).toEqual([
    "DPMSolverSinglestepScheduler",
    "HeunDiscreteScheduler",
    "LMSDiscreteScheduler",
    "PeRFlowScheduler",
    "PNDMScheduler",
  ]);
});

describe("createScheduler", () => {
  it("reads a config as it is", () => {
    const scheduler = createScheduler(base);
    expect(scheduler.name).toBe("PNDMScheduler");
    expect(scheduler.config).toMatchObject({
      skip_prk_steps: true,
      steps_offset: 1,
      prediction_type: "epsilon",
    });
  });

  it("lists the known classes when it meets another", () => {
    for (const name of ["KDPM2DiscreteScheduler", "constructor", "", undefined]) {
      const act = () => createScheduler({ ...base, _class_name: name as string });
      expect(act).toThrow(refused("SCHEDULER_CLASS"));
      for (const known of schedulerClasses) expect(act).toThrow(known);
    }
  });

  it("refuses what is not an object", () => {
    for (const config of [null, [], "DDIMScheduler"]) {
      expect(() => createScheduler(config as unknown as SchedulerConfig)).toThrow(
        refused("SCHEDULER_CONFIG"),
      );
    }
  });

  const multistep = "DPMSolverMultistepScheduler";
  it.each<[string, SchedulerConfig]>([
    ["two spacings of sigmas", { _class_name: multistep, use_karras_sigmas: true, use_beta_sigmas: true }],
    ["DPM-Solver to a sigma of zero", { _class_name: multistep, algorithm_type: "dpmsolver" }],
    ["DEIS to a sigma of zero", { _class_name: multistep, algorithm_type: "deis" }],
    ["order 4", { _class_name: multistep, solver_order: 4 }],
    ["flow matching", { _class_name: multistep, use_flow_sigmas: true }],
    ["learned variance", { _class_name: "DDPMScheduler", variance_type: "learned_range" }],
    [
      "UniPC of second order to a sigma of zero",
      { _class_name: "UniPCMultistepScheduler", lower_order_final: false },
    ],
    [
      "UniPC of noise predictions to a sigma of zero",
      { _class_name: "UniPCMultistepScheduler", predict_x0: false },
    ],
    ["an option that every object inherits", { _class_name: multistep, beta_schedule: "constructor" }],
    ["a billion timesteps", { _class_name: multistep, num_train_timesteps: 1e9 }],
    ["half a timestep", { _class_name: multistep, num_train_timesteps: 1000.5 }],
    ["a solver inside UniPC", { _class_name: "UniPCMultistepScheduler", solver_p: {} }],
  ])("refuses %s", (_, config) => {
    expect(() => createScheduler(config)).toThrow(refused("SCHEDULER_OPTION"));
  });

  it("takes custom timesteps and sigmas where diffusers does", () => {
    const euler = createScheduler({ ...base, _class_name: "EulerDiscreteScheduler" });
    expect(euler.plan({ timesteps: [900, 500, 100] }).timesteps).toEqual([900, 500, 100]);
    expect(euler.plan({ sigmas: [10, 5, 1, 0] }).sigmas).toEqual([10, 5, 1, 0]);
    expect(() => createScheduler(base).plan({ timesteps: [900, 100] })).toThrow(refused("SCHEDULER_PLAN"));
    expect(() => euler.plan({ timesteps: [9, 1], sigmas: [9, 0] })).toThrow(refused("SCHEDULER_PLAN"));
  });

  it("thresholds each sample of a batch by itself", () => {
    const config = { ...base, _class_name: "DDIMScheduler", thresholding: true, sample_max_value: 3 };
    const [small, large] = [Float32Array.of(0.1, -0.2), Float32Array.of(4, -9)];
    const step = (values: Float32Array, batch: number) => {
      const schedule = createScheduler({ ...config, prediction_type: "sample" }).plan({ steps: 2, batch });
      return [...schedule.step(values, 0, values, () => values).denoised];
    };
    const both = Float32Array.of(...small, ...large);
    expect(step(both, 2)).toEqual([...step(small, 1), ...step(large, 1)]);
    expect(step(both, 1)).not.toEqual(step(both, 2));
  });
});

describe("presets", () => {
  it.each(listSchedulers())("%s makes a scheduler for a model's config", (name) => {
    const config = schedulerPreset(name, base);
    const scheduler = createScheduler(config);
    expect(scheduler.config.beta_end).toBe(0.012);
    expect(scheduler.plan({ steps: 4 }).timesteps.length).toBeGreaterThanOrEqual(4);
  });

  it("sets what the name says", () => {
    expect(schedulerPreset("dpm++2m-karras", base)).toMatchObject({
      _class_name: "DPMSolverMultistepScheduler",
      algorithm_type: "dpmsolver++",
      solver_order: 2,
      use_karras_sigmas: true,
      steps_offset: 1,
    });
  });

  it("lists the names when it meets another", () => {
    expect(() => schedulerPreset("dpm3000", base)).toThrow(refused("SCHEDULER_NAME"));
    expect(() => schedulerPreset("toString", base)).toThrow("euler-a");
  });
});

describe("configs", () => {
  it("keeps options for another class, as from_config", () => {
    const { _class_name, _diffusers_version, ...options } = base;
    expect(schedulerConfigFrom(base, "DDIMScheduler")).toEqual({ ...options, _class_name: "DDIMScheduler" });
  });

  it("parses what Python writes", () => {
    const text =
      '{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "note": "-Infinity, NaN"}';
    const config = parseSchedulerConfig(text);
    expect(config.note).toBe("-Infinity, NaN");
    expect(createScheduler(config).config.lambda_min_clipped).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each(["{", "[]", "null", '"DDIMScheduler"'])("refuses %s", (text) => {
    expect(() => parseSchedulerConfig(text)).toThrow(refused("SCHEDULER_CONFIG"));
  });
});
