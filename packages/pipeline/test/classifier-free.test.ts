import { TorchGenerator, tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { classifierFreeGuidance, guide, rescaleGuided } from "../src/guidance/classifier-free.js";
import type { Evaluate } from "../src/index.js";

const random = (seed: number, count = 64) => new TorchGenerator(seed).randn(count);

describe("guide", () => {
  it("returns the prompt's prediction at a scale of 1 and the negative prompt's at 0", () => {
    const [negative, positive] = [random(0), random(1)];
    expect(guide(negative, positive, 1)).toBeAllclose(positive, { atol: 1e-6 });
    expect(guide(negative, positive, 0)).toBeAllclose(negative, { atol: 0 });
  });

  it("goes on in the same direction at a scale above 1", () => {
    expect(guide(Float32Array.of(1, 2), Float32Array.of(2, 0), 7.5)).toBeAllclose([8.5, -13], { atol: 0 });
  });
});

describe("rescaleGuided", () => {
  it("gives each image the standard deviation of the prompt's prediction at a rescale of 1", () => {
    const positive = random(2);
    const guided = guide(random(3), positive, 7.5);
    const rescaled = rescaleGuided(guided, positive, 1, 2);
    for (const half of [0, 1]) {
      const part = (values: Float32Array) => values.subarray(half * 32, half * 32 + 32);
      expect(deviation(part(rescaled))).toBeCloseTo(deviation(part(positive)), 5);
    }
  });

  it("returns the guided prediction itself at a rescale of 0", () => {
    const guided = random(4);
    expect(rescaleGuided(guided, random(5), 0, 1)).toBe(guided);
  });
});

describe("classifierFreeGuidance", () => {
  it("evaluates both prompts once and guides by the scale of the request", async () => {
    const input = (value: number) => [{ x: tensor(Float32Array.of(value), [1, 1]) }];
    const evaluated: number[] = [];
    const evaluate: Evaluate = async ([conditioning]) => {
      const [value = Number.NaN] = conditioning!.x!.data;
      evaluated.push(value);
      return Float32Array.of(value, 2 * value);
    };
    const prompts = { positive: input(3), negative: input(1) };
    const step = { scale: 2, rescale: 0, batch: 1, index: 0, count: 1, timestep: 999 };
    expect(await classifierFreeGuidance.predict(evaluate, prompts, step)).toBeAllclose([5, 10], { atol: 0 });
    expect(evaluated.sort()).toEqual([1, 3]);
    expect(classifierFreeGuidance.evaluationsPerStep).toBe(evaluated.length);
  });
});

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
