// The cases of the repository's share of the reference set that no package checks in its own tests.
import { readFileSync } from "node:fs";
import { fixture, type ReferenceCase } from "@sunstep/testing";
import { afterAll, expect, test } from "vitest";
import { runCase } from "./run-cases.js";
import { closeSessions } from "./session.js";

const { cases } = JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] };

/** Kinds whose cases are tests of the package that has the code. */
const testedInPackages = [
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

test("every kind in scope has a case", () => {
  expect([...new Set(cases.map(({ kind }) => kind))].sort()).toEqual([
    "gradient-ops",
    "hostile",
    "lora",
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
