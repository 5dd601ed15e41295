// The repository's share of the reference set, every case a test.
import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import { afterAll, expect, test } from "vitest";
import type { ReferenceCase } from "./kind.js";
import { runCase } from "./run-cases.js";
import { closeSessions } from "./session.js";

const { cases } = JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] };

afterAll(closeSessions);

test.each(cases.map((testCase) => [testCase.id, testCase] as const))("%s", async (_, testCase) => {
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
