import fc from "fast-check";
import { expect, it } from "vitest";
import type { ModelInfo } from "../../src/state/model.js";
import { fitSides, isFarFrom, sideRange } from "../../src/state/size-limits.js";

const model = (side: number, device: string): ModelInfo => ({
  name: "model",
  architecture: "sd1",
  backend: `onnxruntime-web 1.30.0 (${device})`,
  defaults: { width: side, height: side, guidanceScale: 7 },
  loras: [],
  embeddings: [],
  files: [],
  warnings: [],
});

it("bounds sides by the model and by the device", () => {
  const most = (side: number, device: string) => sideRange(model(side, device)).max;
  expect([most(128, "wasm"), most(128, "webgpu")]).toEqual([512, 512]);
  expect([most(512, "wasm"), most(512, "webgpu")]).toEqual([768, 1024]);
  expect(sideRange(undefined).max).toBe(1024);
});

it("reduces a size that is too large in its proportions, and leaves others as they are", () => {
  const side = fc.integer({ min: 8, max: 128 }).map((n) => n * 8);
  const range = sideRange(model(128, "wasm"));
  fc.assert(
    fc.property(side, side, (width, height) => {
      const fitted = fitSides({ width, height }, range);
      if (Math.max(width, height) <= range.max) {
        expect(fitted).toEqual({ width, height });
        return;
      }
      expect(Math.max(fitted.width, fitted.height)).toBe(range.max);
      expect(fitted.width % 8).toBe(0);
      const other = Math.min(width, height) * (range.max / Math.max(width, height));
      expect(Math.abs(Math.min(fitted.width, fitted.height) - Math.max(64, other))).toBeLessThanOrEqual(4);
    }),
  );
});

it("calls a size far that has many more or many fewer pixels than the model's", () => {
  const far = (width: number, height: number) => isFarFrom({ width, height }, { width: 128, height: 128 });
  expect([far(128, 128), far(160, 128), far(96, 128)]).toEqual([false, false, false]);
  expect([far(256, 256), far(64, 64), far(512, 128)]).toEqual([true, true, true]);
});
