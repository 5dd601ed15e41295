import { expect, it } from "vitest";
import { paintSettings } from "../src/paint/few-steps.js";
import type { PaintInput } from "../src/paint/paint-input.js";

const input = (fields: Partial<PaintInput>): PaintInput => ({
  kind: "paint",
  prompt: "a cat",
  seed: 1,
  count: 1,
  format: "png",
  ...fields,
});

it("takes a classic model's settings as they are sent", () => {
  const settings = paintSettings(input({ classic: true, steps: 20, guidanceScale: 7, scheduler: "euler" }), {
    steps: 25,
    guidanceScale: 7.5,
  });
  expect(settings).toEqual({ steps: 20, guidanceScale: 7, scheduler: "euler", warnings: [] });
});

it("takes settings as they are sent where a client chose them for the model", () => {
  const settings = paintSettings(input({ steps: 20 }), { steps: 4, guidanceScale: 0 });
  expect(settings).toEqual({ steps: 20, warnings: [] });
});

it("does not warn of settings that the model would take anyway", () => {
  const settings = paintSettings(input({ classic: true, steps: 3, guidanceScale: 1 }), {
    steps: 4,
    guidanceScale: 0,
  });
  expect(settings).toEqual({ steps: 3, warnings: [] });
});
