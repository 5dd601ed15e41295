import { describe, expect, it } from "vitest";
import { abortable, SunstepError, throwIfAborted } from "../src/index.js";

const reason = new Error("enough");
const aborted = expect.objectContaining({
  code: "ABORTED",
  message: "the run was cancelled",
  cause: reason,
});

describe("throwIfAborted", () => {
  it("throws ABORTED with the signal's reason as its cause", () => {
    expect(() => throwIfAborted(AbortSignal.abort(reason), "the run")).toThrow(aborted);
  });

  it("returns without a signal, or while the signal is not aborted", () => {
    throwIfAborted(undefined, "the run");
    throwIfAborted(new AbortController().signal, "the run");
  });
});

describe("abortable", () => {
  it("does not start under an aborted signal", async () => {
    let started = false;
    const run = abortable(AbortSignal.abort(reason), "the run", async () => {
      started = true;
    });
    await expect(run).rejects.toEqual(aborted);
    expect(started).toBe(false);
  });

  it("turns the raw reason of an abort into ABORTED", async () => {
    const controller = new AbortController();
    const run = abortable(controller.signal, "the run", async () => {
      controller.abort(reason);
      throw controller.signal.reason;
    });
    await expect(run).rejects.toEqual(aborted);
  });

  it("passes results and other failures on", async () => {
    const { signal } = new AbortController();
    expect(await abortable(signal, "the run", async () => 7)).toBe(7);
    const failure = new SunstepError("X", "x");
    await expect(abortable(signal, "the run", () => Promise.reject(failure))).rejects.toBe(failure);
  });
});
