import { expect, it } from "vitest";
import { roundHalfToEven } from "../src/index.js";

it("rounds halves to the even neighbour, as numpy.round", () => {
  expect([0.5, 1.5, 2.5, 937.5, 0.49, -0.5, -1.5, -2.51].map(roundHalfToEven)).toEqual([
    0, 2, 2, 938, 0, 0, -2, -3,
  ]);
});
