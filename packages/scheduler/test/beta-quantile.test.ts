import { expect, it } from "vitest";
import { betaQuantile } from "../src/timesteps/beta-quantile.js";

const shares = [0, 0.001, 0.04, 0.3, 0.5, 0.9, 0.999, 1];

it.each(shares)("has the closed forms of simple beta distributions at %d", (p) => {
  expect(betaQuantile(p, 1, 1)).toBeCloseTo(p, 12);
  expect(betaQuantile(p, 2, 1)).toBeCloseTo(Math.sqrt(p), 12);
  expect(betaQuantile(p, 0.5, 0.5)).toBeCloseTo(Math.sin((Math.PI * p) / 2) ** 2, 12);
});

it.each(shares)("is symmetric at %d when both parameters are equal", (p) => {
  expect(betaQuantile(p, 0.6, 0.6)).toBeCloseTo(1 - betaQuantile(1 - p, 0.6, 0.6), 12);
});
