import { readdir } from "node:fs/promises";
import { type Runtime, runtimeError } from "@sunstep/runtime";
import { describe, expect, it } from "vitest";
import { createNodeRuntime, detectDevices } from "../src/index.js";
import { platformName } from "../src/platform-name.js";
import { withFallback } from "../src/with-fallback.js";

const runtime = { name: "test" } as Runtime;
const missing = () => Promise.reject(runtimeError("DEVICE_UNAVAILABLE", "no binary"));
const platform = new RegExp(`${process.platform}-${process.arch}`);

describe("withFallback", () => {
  it("starts the native runtime where there is one", async () => {
    expect(await withFallback(async () => runtime, missing)).toBe(runtime);
  });

  it("warns that it falls back, and names the platform", async () => {
    let warnings: readonly { readonly code: string; readonly message: string }[] = [];
    const started = await withFallback(missing, async (given) => {
      warnings = given;
      return runtime;
    });
    expect(started).toBe(runtime);
    expect(warnings).toEqual([{ code: "DEVICE_FALLBACK", message: expect.stringMatching(platform) }]);
  });

  it("names the platform and both reasons if nothing starts", async () => {
    const failure = withFallback(missing, () => Promise.reject(new Error("no WebAssembly")));
    await expect(failure).rejects.toMatchObject({
      code: "DEVICE_UNAVAILABLE",
      message: expect.stringMatching(/no binary; no WebAssembly/),
      details: { platform: platformName() },
    });
  });

  it("does not hide other failures", async () => {
    const failure = withFallback(
      () => Promise.reject(runtimeError("OUT_OF_MEMORY", "full")),
      async () => runtime,
    );
    await expect(failure).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
  });
});

describe("platformName", () => {
  it.runIf(process.platform === "linux")("tells musl from glibc", async () => {
    const isMusl = (await readdir("/lib")).some((name) => name.startsWith("ld-musl"));
    expect(platformName().endsWith(" (musl)")).toBe(isMusl);
  });
});

describe("createNodeRuntime", () => {
  it("starts WebAssembly by name", async () => {
    const wasm = await createNodeRuntime({ device: "wasm", threads: 1 });
    expect(wasm).toMatchObject({
      device: "wasm",
      batching: "sequential",
      name: expect.stringMatching(/^onnxruntime-web /),
    });
    await wasm.dispose();
  });
});

describe("detectDevices", () => {
  it("reports the CPU and WebAssembly as available, and others with a reason", async () => {
    const reports = await detectDevices();
    expect(reports.filter(({ available }) => available).map(({ device }) => device)).toEqual(
      expect.arrayContaining(["cpu", "wasm"]),
    );
    for (const { available, reasons } of reports) expect(reasons.length).toBe(available ? 0 : 1);
  });
});
