import type { RgbImage } from "@sunstep/image";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLOURS, coloursOfHue, HUES, hueDifference, withoutColour } from "../src/colours.js";
import { hsvToRgb, rgbToHsv } from "../src/hsv.js";
import { mainHue } from "../src/main-hue.js";
import { recolour } from "../src/recolour.js";

const byte = fc.nat(255);

/** An image of 32x32 of pixels in turn. */
function image(...pixels: readonly (readonly number[])[]): RgbImage {
  const data = new Uint8Array(32 * 32 * 4);
  for (let i = 0; i < 32 * 32; i++) data.set(pixels[i % pixels.length]!, i * 4);
  return { width: 32, height: 32, channels: 4, data };
}

describe("HSV", () => {
  it.each([
    [[255, 0, 0], { hue: 0, saturation: 1, value: 1 }],
    [[255, 255, 0], { hue: 60, saturation: 1, value: 1 }],
    [[0, 0, 255], { hue: 240, saturation: 1, value: 1 }],
    [[255, 0, 255], { hue: 300, saturation: 1, value: 1 }],
    [[51, 51, 51], { hue: 0, saturation: 0, value: 0.2 }],
  ] as const)("of %o", ([red, green, blue], expected) => {
    expect(rgbToHsv(red, green, blue)).toEqual(expected);
  });

  it("returns the same colour after a round trip", () => {
    fc.assert(
      fc.property(byte, byte, byte, (red, green, blue) => {
        expect(hsvToRgb(rgbToHsv(red, green, blue))).toEqual([red, green, blue]);
      }),
    );
  });
});

describe("hue names", () => {
  it.each([
    [2, ["red"]],
    [355, ["red"]],
    [350, ["red", "pink"]],
    [38, ["orange", "yellow"]],
    [215, ["blue"]],
    [195, ["teal", "blue"]],
  ] as const)("%d degrees", (hue, expected) => {
    expect(coloursOfHue(hue)).toEqual(expected);
  });

  it.each([
    ["red apple", "apple"],
    ["light bulb", "bulb"],
    ["red", "red"],
  ])("%s without colour is %s", (concept, bare) => {
    expect(withoutColour(concept)).toBe(bare);
  });
});

describe("mainHue", () => {
  it("returns the hue of most pixels", () => {
    const { hue, share } = mainHue(image([200, 0, 0, 255], [200, 0, 0, 255], [0, 0, 200, 255]))!;
    expect(Math.abs(hueDifference(hue, 5))).toBeLessThan(1);
    expect(share).toBeCloseTo(2 / 3);
  });

  it("returns nothing for grey or invisible images", () => {
    expect(mainHue(image([90, 90, 90, 255]))).toBeUndefined();
    expect(mainHue(image([200, 0, 0, 20]))).toBeUndefined();
  });
});

describe("recolour", () => {
  it("turns a thing of any hue into the colour, by its name", () => {
    fc.assert(
      fc.property(fc.nat(359), fc.constantFrom(...COLOURS), (hue, colour) => {
        const before = image([...hsvToRgb({ hue, saturation: 0.9, value: 0.8 }), 255]);
        const after = mainHue(recolour(before, hue, colour))!;
        expect(Math.abs(hueDifference(after.hue, HUES[colour]))).toBeLessThan(7);
        expect(coloursOfHue(HUES[colour])).toEqual([colour]);
      }),
    );
  });

  it("preserves the order of shades around the colour", () => {
    const shade = (hue: number) => [...hsvToRgb({ hue, saturation: 0.9, value: 0.9 }), 255];
    const { data } = recolour(image(shade(200), shade(220), shade(240)), 220, "green");
    const hues = [0, 4, 8].map((i) => rgbToHsv(data[i]!, data[i + 1]!, data[i + 2]!).hue);
    expect(hues.map(Math.round)).toEqual([113, 125, 137]);
  });

  it("leaves other hues, greys, opacity and the input unchanged", () => {
    const leaf = [20, 160, 40, 255];
    const grey = [120, 118, 121, 77];
    const before = image([220, 20, 30, 200], leaf, grey);
    const copy = before.data.slice();
    const after = recolour(before, 357, "blue").data;
    expect([...after.subarray(4, 12)]).toEqual([...leaf, ...grey]);
    expect(after[3]).toBe(200);
    expect(after[2]).toBeGreaterThan(after[0]!);
    expect(before.data).toEqual(copy);
  });
});
