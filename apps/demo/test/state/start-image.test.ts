import fc from "fast-check";
import { expect, it } from "vitest";
import { moveBrush, toImagePoint } from "../../src/state/brush.js";
import { fittingSize, maskFromAlpha } from "../../src/state/start-image.js";

it("makes a mask white where it was painted, and none if nothing was", () => {
  expect(maskFromAlpha(Uint8Array.of(0, 255, 100, 200), 2, 2)).toEqual({
    width: 2,
    height: 2,
    channels: 1,
    data: Uint8Array.of(0, 255, 0, 255),
  });
  expect(maskFromAlpha(new Uint8Array(4), 2, 2)).toBeUndefined();
  expect(maskFromAlpha(Uint8Array.of(0, 90, 127, 1), 2, 2)).toBeUndefined();
});

it("keeps the image's proportions at about the set number of pixels", () => {
  expect(fittingSize({ width: 4000, height: 2000 }, { width: 128, height: 128 })).toEqual({
    width: 184,
    height: 88,
  });
  const side = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const fitted = fittingSize({ width, height }, { width: 512, height: 512 });
      for (const length of Object.values(fitted)) {
        expect(length % 8).toBe(0);
        expect(length).toBeGreaterThanOrEqual(64);
        expect(length).toBeLessThanOrEqual(1024);
      }
    }),
  );
});

it("moves the brush by arrow keys within the image", () => {
  const size = { width: 100, height: 50 };
  expect(moveBrush({ x: 95, y: 20 }, "ArrowRight", 10, size)).toEqual({ x: 100, y: 20 });
  expect(moveBrush({ x: 95, y: 20 }, "ArrowUp", 5, size)).toEqual({ x: 95, y: 15 });
  expect(moveBrush({ x: 95, y: 20 }, "a", 5, size)).toBeUndefined();
});

it("finds the pixel under a pointer", () => {
  const shown = { left: 10, top: 20, width: 200, height: 100 };
  expect(toImagePoint({ x: 110, y: 45 }, shown, { width: 100, height: 100 })).toEqual({ x: 50, y: 25 });
});
