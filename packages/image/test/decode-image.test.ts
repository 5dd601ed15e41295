import fc from "fast-check";
import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type DecodedImage, decodeImage, encodePng } from "../src/index.js";
import { readPngChunks, writePngChunks } from "../src/png/png-chunks.js";
import { bytesOf, pillow } from "./pillow.js";

function rgba({ width, height, channels, data }: DecodedImage): number[] {
  return Array.from({ length: width * height }, (_, i) => {
    const pixel = data.subarray(i * channels, (i + 1) * channels);
    const [r, g = r, b = r, a = 255] = pixel;
    return [r!, g!, b!, a];
  }).flat();
}

const png = bytesOf(pillow.pngs[0]!.png);

describe("decodeImage", () => {
  it.each(pillow.pngs)("reads a PNG as Pillow does: $name", (sample) => {
    expect(rgba(decodeImage(bytesOf(sample.png)))).toEqual([...bytesOf(sample.rgba)]);
  });

  it("reads a JPEG, to one level of Pillow's", () => {
    const image = decodeImage(bytesOf(pillow.jpeg.file));
    expect(image).toMatchObject({ width: 32, height: 32, channels: 3 });
    expect(image.data).toBeAllclose(bytesOf(pillow.jpeg.rgb), { atol: 1 });
  });

  it("reads what encodePng wrote", () => {
    const images = fc
      .record({
        width: fc.integer({ min: 1, max: 20 }),
        height: fc.integer({ min: 1, max: 20 }),
        channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
      })
      .chain((size) => {
        const length = size.width * size.height * size.channels;
        return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ ...size, data }));
      });
    fc.assert(
      fc.property(images, (image) => {
        expect(decodeImage(encodePng(image))).toEqual({ ...image, text: new Map() });
      }),
    );
  });

  it("refuses what is no image", () => {
    for (const text of ["", "<html>", "GIF89a"]) {
      expect(() => decodeImage(new TextEncoder().encode(text))).toThrow(
        expect.objectContaining({ code: "IMAGE_FORMAT_UNKNOWN" }),
      );
    }
  });

  it("refuses every cut of a PNG, and of a JPEG, with a typed error", () => {
    for (const [file, code] of [
      [png, /^IMAGE_(TRUNCATED|FORMAT_UNKNOWN)$/],
      [bytesOf(pillow.jpeg.file), /^IMAGE_(CORRUPT|FORMAT_UNKNOWN)$/],
    ] as const) {
      for (let length = 0; length < file.length - 2; length += 7) {
        expect(() => decodeImage(file.subarray(0, length))).toThrow(
          expect.objectContaining({ code: expect.stringMatching(code) }),
        );
      }
    }
  });

  it("refuses a PNG with any bit turned", () => {
    fc.assert(
      fc.property(fc.nat(png.length * 8 - 1), (bit) => {
        const turned = png.slice();
        turned[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decodeImage(turned)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^IMAGE_/) }),
        );
      }),
    );
  });

  it("refuses images over the limit before reading their data", () => {
    expect(() => decodeImage(png, { maxPixels: 76 })).toThrow(
      expect.objectContaining({ code: "IMAGE_TOO_LARGE", message: expect.stringContaining("7x11") }),
    );
    expect(() => decodeImage(bytesOf(pillow.jpeg.file), { maxPixels: 1000 })).toThrow(
      expect.objectContaining({ code: "IMAGE_TOO_LARGE" }),
    );
  });

  it("stops inflating at the size that the header tells", () => {
    const bomb = { type: "IDAT", data: zlibSync(new Uint8Array(2 ** 26), { level: 9 }) };
    const chunks = readPngChunks(png).map((chunk) => (chunk.type === "IDAT" ? bomb : chunk));
    expect(() => decodeImage(writePngChunks(chunks))).toThrow(
      expect.objectContaining({ code: "IMAGE_CORRUPT", message: expect.stringContaining("242 bytes") }),
    );
  });
});
