import { expect, it } from "vitest";
import { warmUpMeter } from "../../src/state/warm-up.js";

it("calls short runs cold until eight evaluations after the last load", () => {
  const isWarm = warmUpMeter();
  const run = (evaluations: number, loaded = false) => isWarm({ evaluations, loaded });
  expect([run(4, true), run(4), run(4), run(4)]).toEqual([false, false, true, true]);
  expect([run(4, true), run(4), run(4)]).toEqual([false, false, true]);
});

it("counts a long run as warm although it loads networks", () => {
  expect(warmUpMeter()({ evaluations: 50, loaded: true })).toBe(true);
});
