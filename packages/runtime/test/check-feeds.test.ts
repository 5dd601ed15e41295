import { tensor } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { checkFeeds, tensorSpecs } from "../src/index.js";

const inputs = tensorSpecs([
  { name: "x", dtype: "float32", shape: ["batch", 2] },
  { name: "mask", dtype: "bool", shape: [2] },
]);
const mask = tensor(Uint8Array.of(1, 0), [2], "bool");
const x = tensor(new Float32Array(6), [3, 2]);

it("accepts any size of a named dimension", () => {
  expect(() => checkFeeds("m", inputs, { x, mask })).not.toThrow();
  expect(() => checkFeeds("m", inputs, { x: tensor(new Float32Array(3), [3, 1]), mask })).toThrow(
    "[batch, 2]",
  );
});

it("tells uint8 from bool, which share an array class", () => {
  const bytes = tensor(Uint8Array.of(1, 0), [2], "uint8");
  expect(() => checkFeeds("m", inputs, { x, mask: bytes })).toThrow(
    "m: input mask (bool [2]) was given as uint8",
  );
});

it("ignores inherited properties of feeds", () => {
  const inherited = Object.create({ x }) as Record<string, typeof x>;
  expect(() => checkFeeds("m", inputs, Object.assign(inherited, { mask }))).toThrow("input x");
});

it("rejects strings and values of unknown rank", () => {
  for (const value of [
    { name: "s", dtype: "string", shape: [1] } as const,
    { name: "u", dtype: "float32" } as const,
  ]) {
    expect(() => tensorSpecs([value])).toThrow(expect.objectContaining({ code: "DTYPE_UNSUPPORTED" }));
  }
});
