// The networks' share of the reference set on WebAssembly in Node: one case for each network of each model.
import { readFileSync } from "node:fs";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { fixture, type ReferenceCase } from "@sunstep/testing";
import { afterAll, expect, it } from "vitest";
import { runCase } from "./run-cases.js";
import { closeSessions, useRuntime } from "./session.js";

const kinds = ["text-encoder", "unet", "sun-unet", "nag", "negative", "vae", "taesd", "controlnet"];
const { cases } = JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] };
const networks = new Map(
  cases
    .filter(({ kind }) => kinds.includes(kind))
    .map((one) => [[one.kind, one.model, one.method].join(" "), one]),
);

useRuntime(createNodeRuntime({ device: "wasm" }));
afterAll(closeSessions);

it.each([...networks])("computes %s as the reference does", async (_, testCase) => {
  const { outcome, reason } = await runCase(testCase, fixture());
  expect({ outcome, reason }).toEqual({ outcome: "passed", reason: undefined });
});
