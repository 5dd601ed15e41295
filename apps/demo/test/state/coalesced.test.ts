import { expect, it } from "vitest";
import { coalesced } from "../../src/state/coalesced.js";

it("works once at a time, and once more after the last of many requests", async () => {
  let [value, under, most] = [0, 0, 0];
  const done: number[] = [];
  const request = coalesced(async () => {
    const seen = value;
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 5));
    under--;
    done.push(seen);
  });
  const first = request();
  for (value = 1; value < 5; value++) await request();
  await first;
  expect([done, most]).toEqual([[0, 5], 1]);
  await request();
  expect(done.length).toBe(3);
});
