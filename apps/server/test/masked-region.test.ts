import { expect, it } from "vitest";
import { maskedRegion } from "../src/paint/masked-region.js";

const mask = (width: number, height: number, [x1, y1, x2, y2]: readonly [number, number, number, number]) => {
  const data = new Uint8Array(width * height);
  for (let y = y1; y < y2; y++) data.fill(255, y * width + x1, y * width + x2);
  return { width, height, channels: 1 as const, data };
};

it.each([
  // [white box, padding, size of the request, expected left, top, width, height]
  [[40, 40, 60, 60], 0, [64, 64], [40, 40, 20, 20]],
  [[40, 40, 60, 60], 8, [64, 64], [32, 32, 36, 36]],
  [[40, 40, 60, 50], 0, [64, 64], [40, 35, 20, 20]],
  [[40, 40, 50, 60], 0, [128, 64], [25, 40, 40, 20]],
  [[0, 0, 10, 4], 0, [64, 64], [0, 0, 10, 10]],
  [[90, 90, 100, 100], 16, [64, 64], [74, 74, 26, 26]],
  [[0, 0, 100, 10], 0, [64, 128], [0, 0, 100, 100]],
] as const)(
  "finds the rectangle around %j with padding %i for %j",
  (box, padding, [width, height], expected) => {
    const [left, top, w, h] = expected;
    expect(maskedRegion(mask(100, 100, box), padding, { width, height })).toEqual({
      left,
      top,
      width: w,
      height: h,
    });
  },
);

it("finds none in a black mask", () => {
  expect(maskedRegion(mask(8, 8, [0, 0, 0, 0]), 4, { width: 8, height: 8 })).toBeUndefined();
});
