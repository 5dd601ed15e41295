import fc from "fast-check";
import { expect, it } from "vitest";
import { latestRun } from "../../src/state/latest-run.js";

it("runs one request at a time, in order, and finishes the newest, whatever the timing", async () => {
  const requests = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 });
  const durations = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(requests, durations, fc.boolean(), async (pauses, lengths, fails) => {
      const finished: number[] = [];
      let running = 0;
      const runs = latestRun(async (request: number, { signal }) => {
        expect(++running).toBe(1);
        for (let i = 0; i < lengths[request % lengths.length]! && !signal.aborted; i++)
          await Promise.resolve();
        running--;
        if (signal.aborted && fails) throw new Error("cancelled");
        if (!signal.aborted) finished.push(request);
      });
      for (const [request, pause] of pauses.entries()) {
        runs.submit(request);
        for (let i = 0; i < pause; i++) await Promise.resolve();
      }
      await new Promise((resolve) => setTimeout(resolve));
      expect(finished.at(-1)).toBe(pauses.length - 1);
      expect([...finished].sort((a, b) => a - b)).toEqual(finished);
    }),
  );
});

it("cancels the current run and the pending request, and runs later ones", async () => {
  const finished: number[] = [];
  const runs = latestRun(async (request: number, { signal }) => {
    await Promise.resolve();
    if (!signal.aborted) finished.push(request);
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

it("lets a run that holds end before the newest request, and cancels it once it has released", async () => {
  const log: string[] = [];
  const tick = () => new Promise((resolve) => setTimeout(resolve));
  let goOn = () => {};
  const runs = latestRun(async (request: string, { signal, hold, release }) => {
    hold();
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
    log.push(`${request} shown${signal.aborted ? " though cancelled" : ""}`);
    release();
    await tick();
    log.push(`${request} ${signal.aborted ? "left" : "finished"}`);
  });
  runs.submit("a");
  runs.submit("b");
  runs.submit("c");
  await tick();
  goOn();
  await tick();
  await tick();
  goOn();
  await tick();
  await tick();
  expect(log).toEqual(["a shown", "a left", "c shown", "c finished"]);
  runs.submit("d");
  runs.cancel();
  goOn();
  await tick();
  expect(log.at(-1)).toBe("d shown though cancelled");
});
