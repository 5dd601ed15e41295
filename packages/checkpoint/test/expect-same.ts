import { toFloat32 } from "@sunstep/tensor";
import { expect } from "vitest";
import { readWeight, type Weights } from "../src/index.js";
import type { Golden } from "./single-file-tensors.js";

/** Expects every weight, and no other, with the same shape and the same numbers. */
export async function expectSame(weights: Weights, golden: Golden): Promise<void> {
  expect(weights.names().sort()).toEqual([...golden.keys()].sort());
  for (const [name, { shape, data }] of golden) {
    const tensor = await readWeight(weights.get(name));
    expect({ name, shape: tensor.shape }).toEqual({ name, shape });
    expect(toFloat32(tensor), name).toBeAllclose(data as Float32Array, {});
  }
}
