import { describe, expect, it } from "vitest";
import {
  createScheduler,
  methodConfig,
  type SchedulerConfig,
  schedulerClasses,
  schedulerPreset,
  schedulerPresets,
} from "../src/index.js";
import { edges, network } from "./diffusers-edges.js";

const runFourSteps = (config: SchedulerConfig) => {
  const schedule = createScheduler(config).plan({ steps: 4 });
  let sample: Float32Array = Float32Array.of(0.3, -0.9, 0.1).map((value) => value * schedule.initNoiseSigma);
  for (const [index, t] of schedule.timesteps.entries()) {
    const output = network(schedule.scaleModelInput(sample, index), t);
    sample = schedule.step(output, index, sample, () => Float32Array.of(0.2, -0.4, 1)).sample;
  }
  return { timesteps: schedule.timesteps, sample };
};

/** diffusers refuses these predictions too. */
const refusesSample = ["euler-a", "pndm"];

describe.each(Object.entries(edges.saved))("the saved config of %s", (_, { config, made }) => {
  it("is run by every class by which diffusers runs it, at the same timesteps", () => {
    for (const name of schedulerClasses) {
      const expected = made[name];
      if (!expected) continue;
      const { timesteps } = runFourSteps(schedulerPreset(name, config));
      expect(timesteps, name).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-3 });
    }
  });

  it("is run by every preset", () => {
    for (const name of Object.keys(schedulerPresets)) {
      if (config.prediction_type === "sample" && refusesSample.includes(name)) continue;
      const { sample } = runFourSteps(schedulerPreset(name, config));
      expect([...sample].every(Number.isFinite), name).toBe(true);
    }
  });

  it("gives a method its training, and nothing else", () => {
    const sun = { timestep_spacing: "trailing", algorithm_type: "dpmsolver++", solver_order: 2 };
    const whole = methodConfig(config, "DPMSolverMultistepScheduler", sun);
    expect(runFourSteps(whole).timesteps).toEqual([999, 749, 499, 249]);
  });
});

describe("the preset", () => {
  const bare = { _class_name: "EulerDiscreteScheduler", ...edges.betas, timestep_spacing: "linspace" };

  it.each(["ddim", "ddpm", "lcm"])("%s does not clip latents", (name) => {
    expect(createScheduler(schedulerPreset(name, bare)).config.clip_sample).toBe(false);
    expect(createScheduler(schedulerPreset(name, { ...bare, clip_sample: true })).config.clip_sample).toBe(
      false,
    );
  });

  it.each(["ddim", "ddpm", "pndm"])("%s has no linspace, which its steps do not fit", (name) => {
    const spacing = (config: SchedulerConfig) =>
      createScheduler(schedulerPreset(name, config)).config.timestep_spacing;
    expect(spacing(bare)).toBe("leading");
    expect(spacing({ ...bare, timestep_spacing: "trailing" })).toBe("trailing");
  });

  it.each(Object.keys(schedulerPresets))("%s is the same whatever else the model's config holds", (name) => {
    const odd = {
      use_karras_sigmas: true,
      use_lu_lambdas: true,
      thresholding: true,
      lambda_min_clipped: -5.1,
      euler_at_final: true,
      final_sigmas_type: "sigma_min",
      interpolation_type: "log_linear",
      timestep_type: "continuous",
    };
    expect(schedulerPreset(name, { ...bare, ...odd })).toEqual(schedulerPreset(name, bare));
  });

  it("takes betas that a config leaves out from the config's own class, not from its own", () => {
    const { _class_name, ...config } = schedulerPreset("lcm", { _class_name: "DDIMScheduler" });
    expect(config).toMatchObject({ beta_start: 0.0001, beta_end: 0.02, beta_schedule: "linear" });
  });
});

describe("an option without effect", () => {
  it("is no error, whatever its value", () => {
    const options = {
      thresholding: false,
      sample_max_value: null,
      clip_sample: false,
      clip_sample_range: "x",
    };
    expect(() => createScheduler({ _class_name: "DDIMScheduler", ...options })).not.toThrow();
  });

  it("is an error once it has one", () => {
    const options = { thresholding: true, sample_max_value: null };
    expect(() => createScheduler({ _class_name: "DDIMScheduler", ...options })).toThrow(
      expect.objectContaining({
        code: "SCHEDULER_OPTION",
        details: expect.objectContaining({ value: null }),
      }),
    );
  });
});
