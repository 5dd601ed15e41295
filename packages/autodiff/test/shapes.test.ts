// Rules over shapes and attributes that no table lists.

import { ints } from "@sunstep/onnx-graph";
import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { type Differentiable, expectFiniteDifferences, stopRuntime } from "./finite-differences.js";

afterAll(stopRuntime);

const size = fc.integer({ min: 1, max: 3 });
const shape = fc.array(size, { minLength: 1, maxLength: 3 });

/** Two shapes that broadcast: each keeps the last axes of one shape, and some of them become 1. */
const broadcastPair = shape.chain((whole) => {
  const part = fc
    .tuple(fc.integer({ min: 0, max: whole.length }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([dropped, stretched]) => whole.map((own, i) => (stretched[i] ? 1 : own)).slice(dropped));
  return fc.tuple(part, part);
});

async function holds(differentiable: fc.Arbitrary<Differentiable>): Promise<void> {
  const property = fc.asyncProperty(differentiable, (given) => expectFiniteDifferences(given));
  await fc.assert(property, { numRuns: 12, seed: 7 });
}

describe("the rule holds for any shape of", () => {
  it.each(["Add", "Sub", "Mul", "Div"])("%s", async (op) => {
    await holds(
      broadcastPair.map(
        (inputs): Differentiable => ({
          inputs,
          emit: (graph, a, b) => graph.op(op, [a, b]),
          values: (random) => Math.sign(random) * (1 + Math.abs(random)),
        }),
      ),
    );
  });

  it("MatMul", async () => {
    await holds(
      fc.tuple(broadcastPair, size, size, size).map(
        ([[left, right], rows, inner, columns]): Differentiable => ({
          inputs: [
            [...left, rows, inner],
            [...right, inner, columns],
          ],
          emit: (graph, a, b) => graph.op("MatMul", [a, b]),
        }),
      ),
    );
  });

  it("Conv", async () => {
    const pad = fc.integer({ min: 0, max: 2 });
    const pair = fc.tuple(size, size);
    await holds(
      fc
        .record({
          channels: fc.tuple(size, size, size),
          kernel: pair,
          strides: pair,
          dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
          pads: fc.tuple(pad, pad, pad, pad),
          more: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
        })
        .map(({ channels: [batch, from, to], kernel, strides, dilations, pads, more }): Differentiable => {
          const extent = kernel.map((taps, i) => (taps - 1) * dilations[i]! + 1);
          const image = extent.map((own, i) => Math.max(1, own + more[i]! - pads[i]! - pads[i + 2]!));
          return {
            inputs: [[batch, from, ...image], [to, from, ...kernel], [to]],
            emit: (graph, ...inputs) =>
              graph.op("Conv", inputs, {
                strides: ints(strides),
                dilations: ints(dilations),
                pads: ints(pads),
              }),
          };
        }),
    );
  });

  it("Slice", async () => {
    const bound = fc.integer({ min: -9, max: 9 });
    const step = fc.constantFrom(-3, -2, -1, 1, 2, 3);
    await holds(
      fc
        .tuple(fc.integer({ min: 4, max: 7 }), bound, bound, step, fc.boolean())
        .filter(([length, start, end, by]) => sliced(length, start, end, by) > 0)
        .map(
          ([length, start, end, by, last]): Differentiable => ({
            inputs: [last ? [2, length] : [length, 2]],
            emit: (graph, x) =>
              graph.op("Slice", [x, ...[start, end, last ? -1 : 0, by].map((value) => graph.ints([value]))]),
          }),
        ),
    );
  });
});

/** The number of elements that Python's slice takes. */
function sliced(length: number, start: number, end: number, step: number): number {
  const clamp = (at: number) => {
    const index = at < 0 ? at + length : at;
    return step > 0 ? Math.min(Math.max(index, 0), length) : Math.min(Math.max(index, -1), length - 1);
  };
  return Math.ceil((clamp(end) - clamp(start)) / step);
}
