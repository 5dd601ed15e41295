import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import type { Adapter } from "../src/sessions/adapter.js";
import { switchAdapters } from "../src/sessions/switched-adapters.js";

const given = { states: [1, 77, 4] };
const branch = (key: string, input: string): Adapter => ({
  key,
  passes: () => [],
  off: ({ [input]: shape = [2] }) => ({
    [input]: tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
  }),
});
const merged: Adapter = { key: "lora", passes: () => [] };

describe("switchAdapters", () => {
  it("runs with an adapter whose inputs are given", () => {
    const sun = branch("sun", "scale");
    const { adapters, inputs, variant } = switchAdapters([merged, sun], { ...given, scale: [3] });
    expect(adapters).toEqual([merged, sun]);
    expect(inputs).toEqual({ ...given, scale: [3] });
    expect(variant).toBeUndefined();
  });

  it("switches off an adapter whose inputs are missing, and keeps the shapes of the graph", () => {
    const sun = branch("sun", "scale");
    const { adapters, inputs, variants, variant } = switchAdapters([sun], given);
    expect(adapters).toEqual([sun]);
    expect(inputs).toEqual({ ...given, scale: [2] });
    expect(variants[variant!]).toMatchObject({ scale: { shape: [2], data: Float32Array.of(0, 0) } });
  });

  it("tells the inputs that change at every step, whether they are given or off", () => {
    const residuals = { ...branch("residuals", "residual"), varies: true };
    const adapters = [branch("sun", "scale"), residuals];
    expect(switchAdapters(adapters, given).varying).toEqual(["residual"]);
    expect(switchAdapters(adapters, { ...given, residual: [2] }).varying).toEqual(["residual"]);
  });

  it("names a variant for every combination of adapters that can be off", () => {
    const both = [branch("a", "one"), branch("b", "two")];
    const { variants, variant } = switchAdapters(both, { ...given, one: [2] });
    expect(Object.values(variants).map((values) => Object.keys(values))).toEqual([
      ["two"],
      ["one"],
      ["one", "two"],
    ]);
    expect(Object.keys(variants[variant!]!)).toEqual(["two"]);
  });

  it("leaves out an adapter that is off if another one has its input", () => {
    const [a, b] = [branch("a", "scale"), branch("b", "scale")];
    expect(switchAdapters([a, b], given).adapters).toEqual([a]);
  });

  it("binds what an adapter has while it is on, and does not ask the conditioning for it", () => {
    const weight = { weight: tensor(Float32Array.of(1), [1]) };
    const gated: Adapter = {
      ...branch("gated", "scale"),
      off: () => ({ scale: tensor(Float32Array.of(0), [1]), weight: tensor(Float32Array.of(0), [1]) }),
      on: () => weight,
    };
    const on = switchAdapters([gated], { ...given, scale: [1] });
    expect(on.inputs).toEqual({ ...given, scale: [1], weight: [1] });
    expect(on.variants[on.variant!]).toEqual(weight);
    const off = switchAdapters([gated], given);
    expect(off.inputs).toEqual(on.inputs);
    expect(off.variants[off.variant!]).toMatchObject({ scale: { data: Float32Array.of(0) } });
    expect(off.variant).not.toBe(on.variant);
    expect(off.variants).toEqual(on.variants);
  });

  it("keeps the shapes that other evaluations of the run have", () => {
    const sun = branch("sun", "scale");
    expect(switchAdapters([sun], given, { scale: [5] }).inputs).toEqual({ ...given, scale: [5] });
  });
});
