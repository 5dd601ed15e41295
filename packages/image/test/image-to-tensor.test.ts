import { tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { imageToTensor, tensorToImages } from "../src/index.js";
import { bytesOf, pillow } from "./pillow.js";

const ramp = {
  width: 16,
  height: 16,
  channels: 3 as const,
  data: Uint8Array.from({ length: 768 }, (_, i) => i / 3),
};

describe("imageToTensor", () => {
  it("gives numpy's float32 of every level, channel after channel", () => {
    const { shape, data } = imageToTensor(ramp);
    expect(shape).toEqual([1, 3, 16, 16]);
    for (const c of [0, 1, 2]) {
      expect([...data.subarray(c * 256, (c + 1) * 256)]).toEqual([...Float32Array.from(pillow.levels)]);
    }
  });

  it("is undone by tensorToImages", () => {
    expect(tensorToImages(imageToTensor(ramp))).toEqual([ramp]);
  });
});

describe("tensorToImages", () => {
  it("clamps and rounds as numpy does", () => {
    const expected = bytesOf(pillow.bytes);
    const plane = Float32Array.from(pillow.values);
    const values = new Float32Array(plane.length * 3);
    for (const c of [0, 1, 2]) values.set(plane, c * plane.length);
    const [image] = tensorToImages(tensor(values, [1, 3, 1, plane.length], "float32"));
    expect([...image!.data]).toEqual([...expected].flatMap((value) => [value, value, value]));
  });

  it("refuses other shapes", () => {
    const latents = tensor(new Float32Array(4), [1, 4, 1, 1], "float32");
    expect(() => tensorToImages(latents)).toThrow(expect.objectContaining({ code: "IMAGE_SIZE_MISMATCH" }));
  });
});
