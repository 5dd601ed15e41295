// Timesteps of Karras sigmas with cosine betas, by diffusers 0.42.1.

import { expect, it } from "vitest";
import { createScheduler } from "../src/index.js";

it.each([
  ["DPMSolverMultistepScheduler", [998, 998, 998, 992, 837, 0]],
  ["DPMSolverSinglestepScheduler", [999, 999, 998, 993, 837, 0]],
  ["UniPCMultistepScheduler", [999, 999, 998, 993, 837, 0]],
])("%s rounds or cuts timesteps as diffusers", (name, timesteps) => {
  const scheduler = createScheduler({
    _class_name: name,
    beta_schedule: "squaredcos_cap_v2",
    use_karras_sigmas: true,
  });
  expect(scheduler.plan({ steps: timesteps.length }).timesteps).toEqual(timesteps);
});
