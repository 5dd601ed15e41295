import { tensor } from "@sunstep/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMaskSize, maskToLatents, maskToTensor, resizeMask } from "../src/index.js";

const grey = (width: number, values: readonly number[]) => ({
  width,
  height: values.length / width,
  channels: 1 as const,
  data: Uint8Array.from(values),
});
const rgba = (pixels: readonly (readonly [level: number, alpha: number])[]) => ({
  width: pixels.length,
  height: 1,
  channels: 4 as const,
  data: Uint8Array.from(pixels.flatMap(([level, alpha]) => [level, level, level, alpha])),
});

describe("maskToTensor", () => {
  it("is 1 from half grey on", () => {
    expect([...maskToTensor(grey(4, [0, 127, 128, 255])).data]).toEqual([0, 0, 1, 1]);
    expect(maskToTensor(grey(4, [0, 0, 0, 0])).shape).toEqual([1, 1, 1, 4]);
  });

  it("uses alpha where all colours are the same", () => {
    for (const level of [0, 255]) {
      expect([...maskToTensor(rgba([0, 100, 200, 255].map((alpha) => [level, alpha]))).data]).toEqual([
        0, 0, 1, 1,
      ]);
    }
  });

  it("lays colours on black by their alpha", () => {
    const mask = rgba([
      [255, 255],
      [255, 0],
      [255, 200],
      [0, 255],
    ]);
    expect([...maskToTensor(mask).data]).toEqual([1, 0, 1, 0]);
  });

  it("ignores alpha that is full everywhere", () => {
    const mask = rgba([
      [255, 255],
      [0, 255],
    ]);
    expect([...maskToTensor(mask).data]).toEqual([1, 0]);
  });
});

describe("resizeMask", () => {
  it("keeps a stroke of one pixel", () => {
    const line = Array.from({ length: 64 * 64 }, (_, i) => (i % 64 === 37 ? 255 : 0));
    const small = resizeMask(grey(64, line), 8, 8);
    expect([...small.data]).toEqual(Array.from({ length: 64 }, (_, i) => (i % 8 === 4 ? 255 : 0)));
  });

  it("keeps the middle of a mask of other proportions, as resize does", () => {
    const wide = grey(8, [255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255]);
    expect([...resizeMask(wide, 2, 2).data]).toEqual([0, 0, 0, 0]);
  });

  it("loses no white pixel of a mask, and invents none far from one", () => {
    const masks = fc
      .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
      .chain(({ width, height }) => fc.tuple(fc.constant({ width, height }), fc.nat(width * height - 1)));
    fc.assert(
      fc.property(masks, fc.integer({ min: 1, max: 4 }), ([{ width, height }, at], scale) => {
        const data = new Uint8Array(width * height);
        data[at] = 255;
        const large = resizeMask({ width, height, channels: 1, data }, width * scale, height * scale);
        const white = large.data.filter((value) => value === 255).length;
        expect(white).toBe(scale * scale);
      }),
    );
  });
});

describe("maskToLatents", () => {
  it("is the maximum over each patch, or its first pixel", () => {
    const mask = new Float32Array(16 * 8);
    mask[3 * 16 + 9] = 1;
    const { shape, data } = maskToLatents(tensor(mask, [1, 1, 8, 16]), 8);
    expect(shape).toEqual([1, 1, 1, 2]);
    expect([...data]).toEqual([0, 1]);
    expect([...maskToLatents(tensor(mask, [1, 1, 8, 16]), 8, "nearest").data]).toEqual([0, 0]);
  });

  it("refuses sizes that are no multiples", () => {
    expect(() => maskToLatents(tensor(new Float32Array(9), [1, 1, 1, 9]), 8)).toThrow(
      expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }),
    );
  });
});

describe("checkMaskSize", () => {
  it("names both sizes of a mask that is not as large as the image", () => {
    const [image, mask] = [grey(16, Array(256).fill(0)), grey(16, Array(128).fill(0))];
    expect(() => checkMaskSize(image, mask)).toThrow(
      expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH", message: expect.stringMatching(/16x8.*16x16/) }),
    );
    expect(() => checkMaskSize(image, image)).not.toThrow();
  });
});
