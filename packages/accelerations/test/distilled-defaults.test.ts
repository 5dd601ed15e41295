import { createScheduler, schedulerPreset } from "@sunstep/scheduler";
import { describe, expect, it } from "vitest";
import { distilledDefaults } from "../src/index.js";

describe("distilledDefaults", () => {
  it.each([
    [{ _class_name: "LCMScheduler", original_inference_steps: 100 }, 4],
    [{ _class_name: "TCDScheduler" }, 4],
    [{ _class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing" }, 4],
    [{ _class_name: "EulerAncestralDiscreteScheduler", timestep_spacing: "trailing" }, 1],
  ])("gives %o its own scheduler, %i steps and no guidance", (config, steps) => {
    const defaults = distilledDefaults(config)!;
    expect(defaults).toEqual({ steps, guidanceScale: 1, scheduler: config._class_name });
    expect(createScheduler(schedulerPreset(defaults.scheduler, config)).config).toMatchObject(config);
  });

  it.each([
    { _class_name: "PNDMScheduler" },
    { _class_name: "EulerDiscreteScheduler", timestep_spacing: "leading" },
    { _class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing", rescale_betas_zero_snr: true },
    { _class_name: "DDIMScheduler", timestep_spacing: "trailing" },
    {},
  ])("takes a model with %o for one of many steps", (config) => {
    expect(distilledDefaults(config)).toBeUndefined();
  });
});
