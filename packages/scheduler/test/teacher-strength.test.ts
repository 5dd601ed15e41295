import { describe, expect, it } from "vitest";
import { createScheduler } from "../src/index.js";

/** diffusers 0.42.1, set_timesteps(steps, original_inference_steps=…, strength=…). */
const cut = [
  ["LCMScheduler", 4, undefined, 0.6, [599, 459, 299, 159]],
  ["LCMScheduler", 3, 40, 0.55, [549, 374, 199]],
  ["LCMScheduler", 2, 50, 0.3, [299, 159]],
  ["TCDScheduler", 4, undefined, 0.6, [599, 459, 299, 159]],
  ["TCDScheduler", 3, 40, 0.55, [549, 366, 183]],
  ["TCDScheduler", 2, 50, 0.3, [299, 149]],
] as const;

describe("teacherStrength", () => {
  it.each(cut)(
    "%s: %i steps of %s at %d",
    (name, steps, originalInferenceSteps, teacherStrength, expected) => {
      const plan = { steps, teacherStrength, ...(originalInferenceSteps && { originalInferenceSteps }) };
      expect(createScheduler({ _class_name: name }).plan(plan).timesteps).toEqual(expected);
    },
  );

  it.each([0, -0.5, 1.5, Number.NaN])("rejects %d", (teacherStrength) => {
    expect(() =>
      createScheduler({ _class_name: "LCMScheduler" }).plan({ steps: 2, teacherStrength }),
    ).toThrow(
      expect.objectContaining({ code: "SCHEDULER_PLAN", message: expect.stringMatching(/teacherStrength/) }),
    );
  });

  it("rejects more steps than the share has", () => {
    expect(() =>
      createScheduler({ _class_name: "LCMScheduler" }).plan({ steps: 6, teacherStrength: 0.1 }),
    ).toThrow(/6 steps are more than the 5 of original_inference_steps, 50, times teacherStrength, 0.1/);
  });
});
