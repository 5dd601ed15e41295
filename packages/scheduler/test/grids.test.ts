import { expect, it } from "vitest";
import { arange, interpolate, linspace } from "../src/timesteps/grids.js";

it("makes numpy's sequences", () => {
  expect(linspace(0, 999, 1)).toEqual([0]);
  expect(linspace(0, 999, 4)).toEqual([0, 333, 666, 999]);
  expect(arange(1000, 0, -250)).toEqual([1000, 750, 500, 250]);
  expect(arange(1000, 0, -1000 / 3).length).toBe(3);
});

it("interpolates between neighbours and holds the ends", () => {
  expect([-1, 0, 0.25, 1.5, 2, 9].map((x) => interpolate(x, [1, 3, 11]))).toEqual([1, 1, 1.5, 7, 11, 11]);
});
