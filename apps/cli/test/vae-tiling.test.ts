import { expect, it } from "vitest";
import { readVaeTiling } from "../src/options/vae-tiling.js";

it("reads words and sizes of tiles", () => {
  expect(readVaeTiling("auto")).toBe("auto");
  expect(readVaeTiling("on")).toBe(true);
  expect(readVaeTiling("off")).toBe(false);
  expect(readVaeTiling("256")).toEqual({ tile: 256 });
  expect(readVaeTiling("256:32")).toEqual({ tile: 256, overlap: 32 });
});

it.each(["yes", "512x64", "-8", "toString"])("refuses %s", (text) => {
  expect(() => readVaeTiling(text)).toThrowError(
    expect.objectContaining({ code: "USAGE", message: expect.stringContaining("vae-tiling") }),
  );
});
