import { BACKGROUNDS } from "@sunstep/emoji-data";
import { expect, it } from "vitest";
import { groundShare } from "./ground-share.js";

it("sees the border alone, each pixel as the nearest background", () => {
  const data = new Uint8Array(8 * 6 * 3);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) {
      const isBorder = y === 0 || y === 5 || x === 0 || x === 7;
      const colour = !isBorder ? BACKGROUNDS.red : x < 4 ? [240, 250, 245] : BACKGROUNDS.blue;
      data.set(colour, 3 * (8 * y + x));
    }
  }
  const image = { width: 8, height: 6, channels: 3 as const, data };
  expect(groundShare(image, "white")).toBeCloseTo(0.5, 12);
  expect(groundShare(image, "blue")).toBeCloseTo(0.5, 12);
  expect(groundShare(image, "red")).toBe(0);
});
