import { TorchGenerator } from "@sunstep/tensor";
import { expect, test } from "vitest";
import { guide, rescaleGuided } from "../src/guidance.js";

const random = (seed: number, count = 64) => new TorchGenerator(seed).randn(count);

test("a scale of 1 is the prompt's prediction, 0 the negative prompt's", () => {
  const [negative, positive] = [random(0), random(1)];
  expect(guide(negative, positive, 1)).toBeAllclose(positive, { atol: 1e-6 });
  expect(guide(negative, positive, 0)).toBeAllclose(negative, { atol: 0 });
});

test("a scale above 1 goes on in the same direction", () => {
  expect(guide(Float32Array.of(1, 2), Float32Array.of(2, 0), 7.5)).toBeAllclose([8.5, -13], { atol: 0 });
});

test("full rescaling gives each picture the standard deviation of the prompt's prediction", () => {
  const positive = random(2);
  const guided = guide(random(3), positive, 7.5);
  const rescaled = rescaleGuided(guided, positive, 1, 2);
  for (const half of [0, 1]) {
    const part = (values: Float32Array) => values.subarray(half * 32, half * 32 + 32);
    expect(deviation(part(rescaled))).toBeCloseTo(deviation(part(positive)), 5);
  }
});

test("no rescaling returns the guided prediction itself", () => {
  const guided = random(4);
  expect(rescaleGuided(guided, random(5), 0, 1)).toBe(guided);
});

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
