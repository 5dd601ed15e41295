import { describe, expect, it } from "vitest";
import { Events } from "./events.js";
import { randomFrom } from "./random.js";
import { type Fleet, simulate } from "./simulate.js";

const plain: Fleet = {
  workers: 4,
  models: 1,
  keepLoaded: 1,
  arrivals: 3,
  seconds: 1,
  spread: "exponential",
  switchSeconds: 0,
  lifetime: Number.POSITIVE_INFINITY,
  lockSeconds: 15,
  restartSeconds: 10,
  jobs: 200_000,
};

/** The mean wait of M/M/c (Erlang 1917): C(c, a) / (c µ - λ), for a mean of one second of service. */
function erlangWait(workers: number, arrivals: number): number {
  const load = arrivals;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < workers; k++) {
    term *= load / k;
    sum += term;
  }
  const last = ((term * load) / workers) * (workers / (workers - load));
  return last / (sum + last) / (workers - arrivals);
}

describe("the simulation of a fleet", () => {
  it.each([
    [1, 0.5],
    [4, 3],
    [20, 18],
  ])("has the mean wait of Erlang's formula for %i workers and %f jobs a second", (workers, arrivals) => {
    const { meanWait, busy } = simulate({ ...plain, workers, arrivals }, randomFrom(1));
    expect(Math.abs(meanWait / erlangWait(workers, arrivals) - 1)).toBeLessThan(0.08);
    expect(Math.abs(busy / (arrivals / workers) - 1)).toBeLessThan(0.02);
  });

  it("loads a model once where each worker keeps all", () => {
    const fleet: Fleet = {
      ...plain,
      models: 3,
      keepLoaded: 3,
      switchSeconds: 5,
      spread: "fixed",
      jobs: 5000,
    };
    const { switching, busy, throughput } = simulate(fleet, randomFrom(2));
    const seconds = fleet.jobs / throughput;
    expect(switching * busy * seconds * fleet.workers).toBeCloseTo(fleet.workers * 3 * 5, 6);
  });

  it("finishes every job although workers die", () => {
    const fleet: Fleet = { ...plain, lifetime: 20, jobs: 5000, arrivals: 1 };
    const { throughput, repeated } = simulate(fleet, randomFrom(3));
    expect(throughput).toBeGreaterThan(0.9);
    expect(repeated).toBeGreaterThan(100);
  });
});

it("takes events out in the order of their time", () => {
  const random = randomFrom(4);
  const events = new Events<number>();
  const times = Array.from({ length: 500 }, () => random());
  for (const time of times) events.push(time, time);
  const taken = times.map(() => events.pop()!.event);
  expect(taken).toEqual([...times].sort((a, b) => a - b));
  expect(events.pop()).toBeUndefined();
});
