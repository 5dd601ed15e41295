// The networks' share of the reference set, computed in Chromium: all of it on WebAssembly. On WebGPU, which SwiftShader
// computes on the CPU, a text encoder only: a U-Net takes minutes there, and its rounding is coarser than the tolerances
// allow (1e-4 where 4e-5 is asked; WGSL lets exp and division be off by some units in the last place).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openTestPage, type TestPage } from "@sunstep/browser-testing";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remoteRuntime } from "./browser/remote-runtime.js";
import type { ReferenceCase } from "./kind.js";
import { runCase } from "./run-cases.js";
import { closeSessions, useRuntime } from "./session.js";

const kinds = ["text-encoder", "unet", "sun-unet", "vae", "taesd"];
const all = (JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] }).cases;
const chosen = {
  wasm: all.filter(({ kind }) => kinds.includes(kind)),
  webgpu: all.filter(({ kind }) => kind === "text-encoder").slice(0, 1),
};

describe.each(["wasm", "webgpu"] as const)("the reference on %s", (device) => {
  let test: TestPage;
  beforeAll(async () => {
    test = await openTestPage(fileURLToPath(new URL("browser/page.ts", import.meta.url)), {
      webgpu: device === "webgpu",
    });
    useRuntime(remoteRuntime(test, device));
  });
  afterAll(async () => {
    await closeSessions();
    await test.close();
  });

  it.each(chosen[device].map((testCase) => [testCase.id, testCase] as const))("%s", async (_, testCase) => {
    const { outcome, reason } = await runCase(testCase, fixture());
    expect({ outcome, reason }).toEqual({ outcome: "passed", reason: undefined });
  });
});
