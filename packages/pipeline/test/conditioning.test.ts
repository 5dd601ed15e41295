import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { batchKey, rowsOf, stackConditionings } from "../src/prompts/conditioning.js";

const conditioning = (value: number, scale = 1) => ({
  states: tensor(Float32Array.of(value, value + 1), [1, 2]),
  scale: tensor(Float32Array.of(scale), [1]),
});

describe("stackConditionings", () => {
  it("joins inputs along the batch and shares inputs of a single axis", () => {
    const stacked = stackConditionings([conditioning(1), conditioning(5)]);
    expect(stacked.states).toMatchObject({ shape: [2, 2], data: Float32Array.of(1, 2, 5, 6) });
    expect(stacked.scale).toMatchObject({ shape: [1], data: Float32Array.of(1) });
  });
});

describe("batchKey", () => {
  it("tells apart other shapes and other shared inputs, but not other contents", () => {
    expect(batchKey(conditioning(1))).toBe(batchKey(conditioning(2)));
    expect(batchKey(conditioning(1))).not.toBe(batchKey(conditioning(1, 0.5)));
    const longer = { ...conditioning(1), states: tensor(new Float32Array(4), [1, 4]) };
    expect(batchKey(conditioning(1))).not.toBe(batchKey(longer));
  });
});

describe("rowsOf", () => {
  it("splits a tensor along its first axis", () => {
    const rows = rowsOf(tensor(Float32Array.of(1, 2, 3, 4), [2, 1, 2]));
    expect(rows.map(({ shape, data }) => [shape, [...data]])).toEqual([
      [
        [1, 1, 2],
        [1, 2],
      ],
      [
        [1, 1, 2],
        [3, 4],
      ],
    ]);
  });
});
