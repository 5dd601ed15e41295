import { readFileSync } from "node:fs";
import { fixture, referenceCases } from "@sunstep/testing";
import { expect, test } from "vitest";
import { PhiloxGenerator } from "../src/index.js";
import { philox4x32 } from "../src/philox-generator.js";
import { kind } from "./philox-draws.js";

interface KnownAnswer {
  readonly counter: readonly [string, string, string, string];
  readonly key: readonly [string, string];
  readonly output: string;
}

const { known_answers, webui_seed0_first12 } = JSON.parse(
  readFileSync(fixture("rng/philox_derived.json"), "utf8"),
) as {
  known_answers: KnownAnswer[];
  webui_seed0_first12: number[];
};

test.each(known_answers)("Random123's known answer for counter $counter", ({ counter, key, output }) => {
  const word = (hex: string) => Number.parseInt(hex, 16);
  const [c0, c1, c2, c3] = counter.map(word) as [number, number, number, number];
  const words = philox4x32(c0, c1, c2, c3, [word(key[0]), word(key[1])]);
  expect(words.map((value) => value.toString(16).padStart(8, "0")).join(" ")).toBe(output);
});

test("the values that AUTOMATIC1111 documents for seed 0", () => {
  expect(new PhiloxGenerator(0).randn(12)).toBeAllclose(webui_seed0_first12, { atol: 1e-6 });
});

test.each(referenceCases(kind.kind))("makes the draws of torch on a GPU: $id", (entry) =>
  kind.check(entry, fixture()),
);

test("each draw moves the offset by one", () => {
  const generator = new PhiloxGenerator(42);
  generator.randn(64);
  expect(generator.randn(64)).toBeAllclose(new PhiloxGenerator(42, 1).randn(64), { atol: 0 });
});

test("seeds and offsets out of range are refused", () => {
  expect(() => new PhiloxGenerator(1.5)).toThrow(/seed 1.5/);
  expect(() => new PhiloxGenerator(0, -1)).toThrow(/offset -1/);
});
