import { describe, expect, it } from "vitest";
import { COLOURS } from "../src/colours.js";
import { type PlannedImage, planImages } from "../src/plan.js";
import { Random } from "../src/random.js";
import { openIcons } from "../src/render.js";

const twemoji = openIcons("twemoji");
const plan = (concept: string, seed = 7) => planImages(twemoji, concept, new Random(seed));
const total = (images: readonly PlannedImage[]) => images.reduce((sum, { weight }) => sum + weight, 0);

describe("planImages", () => {
  it("repeats its plan with the same seed, and changes it with another", async () => {
    expect(await plan("automobile")).toEqual(await plan("automobile"));
    const grounds = (images: readonly PlannedImage[]) => images.map(({ ground }) => ground);
    expect(grounds(await plan("automobile", 8))).not.toEqual(grounds(await plan("automobile")));
  });

  it("shows a thing of one colour in all eight colours", async () => {
    const images = await plan("automobile");
    expect(images).toHaveLength(11);
    expect(images.slice(0, 4).map(({ colour, recolour }) => [colour, recolour])).toEqual(
      Array(4).fill(["red", undefined]),
    );
    const others = images.slice(4);
    expect(others.map(({ recolour }) => recolour?.to)).toEqual(COLOURS.filter((colour) => colour !== "red"));
    const named = others.flatMap(({ colour, captions }) => captions.filter((text) => text.includes(colour!)));
    expect(named.length / others.length / 4).toBeGreaterThan(0.6);
    expect(named.length / others.length / 4).toBeLessThan(0.9);
    for (const { colour, negatives } of others) expect(negatives[0]).toBe(colour);
  });

  it("names the image's own colour as a negative, even if no caption does", async () => {
    for (const { negatives } of (await plan("rose")).slice(0, 4)) expect(negatives).toContain("red");
  });

  it("does not recolour a thing without a dominant colour", async () => {
    const images = await plan("panda");
    expect(images).toHaveLength(4);
    expect(images.every(({ colour, recolour }) => colour === undefined && recolour === undefined)).toBe(true);
  });

  it("gives all things equal weight, common ones five times as much", async () => {
    expect(total(await plan("gear"))).toBeCloseTo(1);
    expect(total(await plan("lobster"))).toBeCloseTo(1);
    expect(total(await plan("panda"))).toBeCloseTo(5);
    expect(total(await plan("automobile"))).toBeCloseTo(5);
  });

  it("plans two images on white and two on coloured grounds near their names' colours", async () => {
    const grounds = (await plan("panda")).map(({ background }) => background);
    expect(grounds.slice(0, 2)).toEqual(["white", "white"]);
    expect(grounds.slice(2)).not.toContain("white");
  });

  it("plans nothing for a concept that the set lacks", async () => {
    expect(await planImages(openIcons("fluent-emoji-flat"), "piñata", new Random(7))).toEqual([]);
  });
});
