import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../src/events.js";
import { Run } from "../src/run.js";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("Run", () => {
  it("reports a load within its stage and measures both apart", async () => {
    const events: ProgressEvent[] = [];
    const run = new Run({ onProgress: (event) => void events.push(event) });
    await run.stage("denoise", async () => {
      await run.load("unet", () => pause(60));
      await pause(5);
    });
    expect(events).toEqual([
      { type: "stage", stage: "denoise" },
      { type: "stage", stage: "load", network: "unet" },
      { type: "stage", stage: "denoise" },
    ]);
    expect(run.timings.load).toBeGreaterThan(50);
    expect(run.timings.denoise).toBeGreaterThan(1);
    expect(run.timings.denoise).toBeLessThan(50);
  });

  it("reports what a backend tells while it loads, and keeps warnings", async () => {
    const events: ProgressEvent[] = [];
    const run = new Run({ onProgress: (event) => void events.push(event) });
    await run.load("unet", async ({ onEvent }) => {
      onEvent?.({ type: "prepare", done: 1, total: 3 });
      onEvent?.({ type: "warning", code: "DEVICE_LIMITED", message: "one thread" });
    });
    const warning = { code: "DEVICE_LIMITED", message: "one thread", details: { network: "unet" } };
    expect(events).toContainEqual({ type: "prepare", network: "unet", done: 1, total: 3 });
    expect(events).toContainEqual({ type: "warning", ...warning });
    expect(run.warnings).toEqual([warning]);
  });

  it("rejects with ABORTED and the signal's reason, also while a network is loaded", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const run = new Run({ signal: controller.signal });
    run.check();
    const load = run.load("unet", async ({ signal }) => {
      controller.abort(reason);
      signal?.throwIfAborted();
    });
    await expect(load).rejects.toMatchObject({ code: "ABORTED", cause: reason });
    expect(() => run.check()).toThrow("the run was cancelled");
  });

  it("ends with the error of a listener that rejects", async () => {
    const broken = new Error("listener");
    const run = new Run({ onProgress: () => Promise.reject(broken) });
    const stage = run.stage("denoise", async () => {
      await pause(0);
      run.check();
    });
    await expect(stage).rejects.toBe(broken);
  });

  it("ends with the error of a listener that throws", async () => {
    const broken = new Error("listener");
    const run = new Run({
      onProgress: () => {
        throw broken;
      },
    });
    await expect(run.stage("denoise", async () => undefined)).rejects.toBe(broken);
  });
});
