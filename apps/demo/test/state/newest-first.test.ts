import fc from "fast-check";
import { expect, it } from "vitest";
import { newestFirst } from "../../src/state/newest-first.js";

it("whatever is wished for when: one run at a time, each begun after the last wish, and the newest finishes", async () => {
  const wishes = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 });
  const durations = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(wishes, durations, fc.boolean(), async (pauses, lengths, fails) => {
      const finished: number[] = [];
      let running = 0;
      const runs = newestFirst(async (wish: number, signal) => {
        expect(++running).toBe(1);
        for (let i = 0; i < lengths[wish % lengths.length]! && !signal.aborted; i++) await Promise.resolve();
        running--;
        if (signal.aborted && fails) throw new Error("cancelled");
        if (!signal.aborted) finished.push(wish);
      });
      for (const [wish, pause] of pauses.entries()) {
        runs.submit(wish);
        for (let i = 0; i < pause; i++) await Promise.resolve();
      }
      await new Promise((resolve) => setTimeout(resolve));
      expect(finished.at(-1)).toBe(pauses.length - 1);
      expect([...finished].sort((a, b) => a - b)).toEqual(finished);
    }),
  );
});

it("cancelling ends what runs and drops what waits, and a later wish runs again", async () => {
  const finished: number[] = [];
  const runs = newestFirst(async (wish: number, signal) => {
    await Promise.resolve();
    if (!signal.aborted) finished.push(wish);
  });
  runs.submit(1);
  runs.submit(2);
  runs.cancel();
  await new Promise((resolve) => setTimeout(resolve));
  expect(finished).toEqual([]);
  runs.submit(3);
  await new Promise((resolve) => setTimeout(resolve));
  expect(finished).toEqual([3]);
});
