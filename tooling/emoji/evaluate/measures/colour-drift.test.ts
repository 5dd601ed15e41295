import { expect, it } from "vitest";
import { colourDrift, meanColour } from "./colour-drift.js";

it("gives the mean of each channel", () => {
  const data = Uint8Array.of(255, 0, 10, 0, 0, 30);
  expect(meanColour({ width: 2, height: 1, channels: 3, data })).toEqual([127.5, 0, 20]);
});

it("tells images with negative prompts from those without, and gives the shift its sign", () => {
  const wanted = [
    [100, 100, 100],
    [100, 100, 100],
    [50, 60, 70],
  ] as const;
  const colours = [
    [106, 100, 100],
    [94, 100, 100],
    [50, 60, 40],
  ] as const;
  const prompts = [{ negative: "" }, { negative: "red" }, { negative: "blue" }];
  const { without, with: named, shift } = colourDrift(colours, wanted, prompts);
  expect(without.value).toBe(2);
  expect(named.value).toBe((2 + 10) / 2);
  expect(shift).toEqual([0, 0, -10]);
});
