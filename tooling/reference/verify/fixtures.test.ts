// The cases of the repository's share of the reference set that no package checks in its own tests.
import { readFileSync } from "node:fs";
import { fixture, type ReferenceCase } from "@sunstep/testing";
import { afterAll, expect, test } from "vitest";
import { runCase, runCases } from "./run-cases.js";
import { closeSessions } from "./session.js";

const { cases } = JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] };

/** Kinds whose cases are tests of the package that has the code. */
const testedInPackages = [
  "controlnet",
  "lycoris",
  "nag",
  "negative",
  "rng",
  "rng-philox",
  "same-checkpoint",
  "scheduler",
  "taesd",
  "text-encoder",
  "tokenizer",
  "unet",
  "vae",
];
const rest = cases.filter(({ kind }) => !testedInPackages.includes(kind));

afterAll(closeSessions);

test.each(rest.map((testCase) => [testCase.id, testCase] as const))("%s", async (_, testCase) => {
  const { outcome, reason } = await runCase(testCase, fixture());
  expect({ outcome, reason }).toEqual({ outcome: "passed", reason: undefined });
});

test("cases are chosen by kinds, and by parts of groups", async () => {
  const kindsOf = async (...only: string[]) => {
    const kinds = new Set<string>();
    for await (const { id } of runCases(fixture(), only)) kinds.add(cases.find((one) => one.id === id)!.kind);
    return [...kinds].sort();
  };
  expect(await kindsOf("rng-philox")).toEqual(["rng-philox"]);
  expect(await kindsOf("rng")).toEqual(["rng", "rng-philox"]);
  expect(await kindsOf("rng-philox", "tokenizer")).toEqual(["rng-philox", "tokenizer"]);
});

test("every kind in scope has a case", () => {
  expect([...new Set(cases.map(({ kind }) => kind))].sort()).toEqual([
    "controlnet",
    "embedding",
    "gradient-ops",
    "hostile",
    "lora",
    "lycoris",
    "nag",
    "negative",
    "pipeline",
    "rng",
    "rng-philox",
    "same-checkpoint",
    "scheduler",
    "sun-unet",
    "taesd",
    "text-encoder",
    "tokenizer",
    "training",
    "unet",
    "vae",
  ]);
});
