import { expect, it } from "vitest";
import { contactSheet } from "../src/index.js";

const grey = (level: number) => ({ width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(level) });

it("puts images in rows and leaves the rest white", () => {
  const sheet = contactSheet([grey(1), grey(2), grey(3)], 2);
  expect(sheet).toMatchObject({ width: 2, height: 2, channels: 3 });
  expect([...sheet.data]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 255, 255, 255]);
});

it("refuses no images and no columns", () => {
  expect(() => contactSheet([], 2)).toThrow(expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }));
  expect(() => contactSheet([grey(1)], 0)).toThrow(expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }));
});
