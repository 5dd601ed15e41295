import { describe, expect, it } from "vitest";
import { resize, toGrey } from "../src/index.js";
import { bytesOf, pillow } from "./pillow.js";

describe("resize", () => {
  it.each(pillow.resized)("gives Pillow's bytes: $from to $to", ({ from, to, channels, ...sample }) => {
    const image = { width: from[0], height: from[1], channels, data: bytesOf(sample.data) };
    expect(resize(image, ...to).data).toEqual(bytesOf(sample.stretch));
    expect(resize(image, ...to, { mode: "crop" }).data).toEqual(bytesOf(sample.crop));
    expect(toGrey(image).data).toEqual(bytesOf(sample.grey));
  });

  it("does not compute what a crop cuts off", () => {
    // Stretched whole, this line would be 2 billion pixels.
    const line = { width: 2 ** 22, height: 1, channels: 1 as const, data: new Uint8Array(2 ** 22).fill(7) };
    expect(resize(line, 16, 512, { mode: "crop" }).data).toEqual(new Uint8Array(16 * 512).fill(7));
  });

  it("crops without resizing", () => {
    const data = Uint8Array.from({ length: 15 }, (_, i) => i);
    const image = { width: 5, height: 3, channels: 1 as const, data };
    expect([...resize(image, 3, 3, { mode: "crop" }).data]).toEqual([1, 2, 3, 6, 7, 8, 11, 12, 13]);
  });

  it("refuses impossible sizes", () => {
    const image = { width: 1, height: 1, channels: 1 as const, data: new Uint8Array(1) };
    for (const [width, height] of [
      [0, 1],
      [1, 1.5],
      [Number.NaN, 1],
    ] as const) {
      expect(() => resize(image, width, height)).toThrow(
        expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }),
      );
    }
    expect(() => resize({ ...image, width: 2 }, 1, 1)).toThrow(
      expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }),
    );
  });
});
