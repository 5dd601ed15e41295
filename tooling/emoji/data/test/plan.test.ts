import { describe, expect, it } from "vitest";
import { COLOURS } from "../src/colours.js";
import { type Picture, planPictures } from "../src/plan.js";
import { Random } from "../src/random.js";
import { openIcons } from "../src/render.js";

const twemoji = openIcons("twemoji");
const plan = (concept: string, seed = 7) => planPictures(twemoji, concept, new Random(seed));
const total = (pictures: readonly Picture[]) => pictures.reduce((sum, { weight }) => sum + weight, 0);

describe("planPictures", () => {
  it("is the same for the same seed, and another for another", async () => {
    expect(await plan("automobile")).toEqual(await plan("automobile"));
    const grounds = (pictures: readonly Picture[]) => pictures.map(({ ground }) => ground);
    expect(grounds(await plan("automobile", 8))).not.toEqual(grounds(await plan("automobile")));
  });

  it("shows a thing of one colour in all eight", async () => {
    const pictures = await plan("automobile");
    expect(pictures).toHaveLength(11);
    expect(pictures.slice(0, 4).map(({ colour, recolour }) => [colour, recolour])).toEqual(
      Array(4).fill(["red", undefined]),
    );
    const others = pictures.slice(4);
    expect(others.map(({ recolour }) => recolour?.to)).toEqual(COLOURS.filter((colour) => colour !== "red"));
    for (const { colour, captions, negatives } of others) {
      expect(captions.filter((caption) => caption.includes(colour!))).toHaveLength(4);
      expect(negatives[0]).toBe(colour);
    }
  });

  it("names the own colour of a picture as a negative, whether its captions do or not", async () => {
    for (const { negatives } of (await plan("rose")).slice(0, 4)) expect(negatives).toContain("red");
  });

  it("leaves a thing without a colour as it is", async () => {
    const pictures = await plan("panda");
    expect(pictures).toHaveLength(4);
    expect(pictures.every(({ colour, recolour }) => colour === undefined && recolour === undefined)).toBe(
      true,
    );
  });

  it("weighs things alike, common ones 5 times", async () => {
    expect(total(await plan("gear"))).toBeCloseTo(1);
    expect(total(await plan("lobster"))).toBeCloseTo(1);
    expect(total(await plan("panda"))).toBeCloseTo(5);
    expect(total(await plan("automobile"))).toBeCloseTo(5);
  });

  it("has two pictures on white and two on coloured grounds near their names' colours", async () => {
    const grounds = (await plan("panda")).map(({ background }) => background);
    expect(grounds.slice(0, 2)).toEqual(["white", "white"]);
    expect(grounds.slice(2)).not.toContain("white");
  });

  it("has nothing for what the set lacks", async () => {
    expect(await planPictures(openIcons("fluent-emoji-flat"), "piñata", new Random(7))).toEqual([]);
  });
});
