import { describe, expect, it, vi } from "vitest";
import { SunstepError } from "../src/index.js";

describe("SunstepError", () => {
  it("keeps code, message, cause and details apart", () => {
    const cause = new Error("ENOENT");
    const error = new SunstepError("FILE_MISSING", "a.txt is missing", { cause, file: "a.txt" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("SunstepError");
    expect(error.code).toBe("FILE_MISSING");
    expect(error.message).toBe("a.txt is missing");
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual({ file: "a.txt" });
  });

  it("has no cause when none was given", () => {
    expect("cause" in new SunstepError("X", "x")).toBe(false);
    expect(new SunstepError("X", "x").details).toEqual({});
  });

  it("recognises its errors and no others", () => {
    const error = new SunstepError("X", "x");
    expect(SunstepError.isInstance(error)).toBe(true);
    expect(SunstepError.isInstance(error, "X")).toBe(true);
    expect(SunstepError.isInstance(error, "Y")).toBe(false);
    for (const other of [new Error("x"), { code: "X", details: {} }, "X", null, undefined]) {
      expect(SunstepError.isInstance(other)).toBe(false);
    }
  });

  it("recognises errors of another copy of the package", async () => {
    vi.resetModules();
    const copy = (await import("../src/index.js")).SunstepError;
    expect(copy).not.toBe(SunstepError);
    expect(SunstepError.isInstance(new copy("X", "x"))).toBe(true);
  });
});
