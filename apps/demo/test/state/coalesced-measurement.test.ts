import { expect, it } from "vitest";
import { coalescedMeasurement } from "../../src/state/coalesced-measurement.js";

it("measures one at a time, and once more after the last of many requests", async () => {
  let [value, under, most] = [0, 0, 0];
  const reported: number[] = [];
  const measure = async () => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 5));
    under--;
    return value;
  };
  const remeasure = coalescedMeasurement(measure, (measured) => reported.push(measured));
  const first = remeasure();
  for (value = 1; value < 5; value++) await remeasure();
  await first;
  expect([reported.length, reported.at(-1), most]).toEqual([2, 5, 1]);
  await remeasure();
  expect(reported.length).toBe(3);
});
