import { expect, it } from "vitest";
import { Meter } from "../../src/state/meter.js";

it("measures once at a time, and once more after the last of many changes", async () => {
  let [value, under, most] = [0, 0, 0];
  const reported: number[] = [];
  const measure = async () => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 5));
    under--;
    return value;
  };
  const meter = new Meter(measure, (measured) => reported.push(measured));
  const first = meter.change();
  for (value = 1; value < 5; value++) await meter.change();
  await first;
  expect([reported.length, reported.at(-1), most]).toEqual([2, 5, 1]);
  await meter.change();
  expect(reported.length).toBe(3);
});
