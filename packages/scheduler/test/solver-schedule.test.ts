import { expect, it } from "vitest";
import { createScheduler } from "../src/index.js";

// With cosine betas and Karras sigmas, by diffusers 0.42.1.
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

// diffusers 0.42.1 gives NaN.
it.each([1, 2, 3])("UniPC with B(h) = h steps to a sigma of zero, order %i", (solver_order) => {
  const schedule = createScheduler({
    _class_name: "UniPCMultistepScheduler",
    solver_type: "bh1",
    solver_order,
    prediction_type: "sample",
  }).plan({ steps: 4 });
  const clean = Float32Array.of(0.5, -2);
  const sample = schedule.timesteps.reduce<Float32Array>(
    (x, _, i) => schedule.step(clean, i, x, () => x).sample,
    Float32Array.of(1, 1),
  );
  expect([...sample]).toEqual([...clean]);
});
