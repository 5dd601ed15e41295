import type { RgbImage } from "@sunstep/image";
import { describe, expect, it } from "vitest";
import { colourShare } from "./colour-share.js";

type Rgb = readonly [number, number, number];

/** A disc, whose left part is of another colour, on a plain ground. */
function disc(
  colour: Rgb,
  ground: Rgb,
  left: { colour: Rgb; columns: number } = { colour, columns: 0 },
): RgbImage {
  const data = new Uint8Array(64 * 64 * 3);
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      const inside = (x - 31.5) ** 2 + (y - 31.5) ** 2 < 400;
      data.set(inside ? (x < left.columns ? left.colour : colour) : ground, (y * 64 + x) * 3);
    }
  }
  return { width: 64, height: 64, channels: 3, data };
}

const WHITE: Rgb = [255, 255, 255];
const RED: Rgb = [221, 46, 68];
const YELLOW: Rgb = [255, 204, 77];
const BLUE: Rgb = [59, 136, 195];

describe("colourShare", () => {
  it.each([
    ["red", RED],
    ["yellow", YELLOW],
    ["blue", BLUE],
  ] as const)("is 1 for a %s thing, and 0 for the other colours", (colour, rgb) => {
    const image = disc(rgb, WHITE);
    expect(colourShare(image, colour)).toBe(1);
    for (const other of (["red", "yellow", "blue", "green"] as const).filter((name) => name !== colour)) {
      expect(colourShare(image, other)).toBe(0);
    }
  });

  it("ignores the ground, whatever its colour", () => {
    expect(colourShare(disc(RED, BLUE), "red")).toBe(1);
    expect(colourShare(disc(RED, BLUE), "blue")).toBe(0);
  });

  it("returns a half if half of the thing has the colour", () => {
    expect(colourShare(disc(RED, WHITE, { colour: BLUE, columns: 32 }), "blue")).toBeCloseTo(0.5, 10);
  });

  it("counts no colour in black, grey or an empty image", () => {
    expect(colourShare(disc([20, 20, 24], WHITE, { colour: [128, 130, 132], columns: 32 }), "blue")).toBe(0);
    expect(colourShare(disc(WHITE, WHITE), "red")).toBe(0);
  });
});
