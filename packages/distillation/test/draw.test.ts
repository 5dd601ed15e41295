import { describe, expect, it } from "vitest";
import { promptDrawer } from "../src/batches/draw-prompts.js";
import { drawTimesteps, stageStarts } from "../src/batches/draw-timesteps.js";
import { StepRandom } from "../src/batches/step-random.js";
import { defaultRecipe } from "../src/recipe.js";
import { tinyCaptions } from "./tiny-data.js";

const DRAWS = 20_000;
/** Five standard deviations of a share of `DRAWS` draws. */
const tolerance = (share: number) => 5 * Math.sqrt((share * (1 - share)) / DRAWS);
const random = new StepRandom(3, 0);

describe("StepRandom", () => {
  it("depends on seed and step alone", () => {
    const draw = (seed: number, step: number) => new StepRandom(seed, step).normal(8).join();
    expect(draw(1, 7)).toBe(draw(1, 7));
    const seeds = [0, 1, 2 ** 32, 2 ** 40 + 1];
    expect(new Set(seeds.flatMap((seed) => [0, 1, 2].map((step) => draw(seed, step)))).size).toBe(12);
  });

  it("draws integers uniformly within their range", () => {
    const drawn = Array.from({ length: DRAWS }, () => random.integer(5));
    for (const value of [0, 1, 2, 3, 4]) {
      const share = drawn.filter((other) => other === value).length / DRAWS;
      expect(Math.abs(share - 0.2)).toBeLessThan(tolerance(0.2));
    }
  });
});

describe("drawTimesteps", () => {
  const recipe = { ...defaultRecipe, batch: 8 };

  it("draws one timestep from every part of the range", () => {
    const drawn = drawTimesteps({ ...recipe, trailingTimesteps: 0 }, 1000, random);
    expect(drawn.map((t) => Math.floor(t / 125)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("draws starts of stages with the probability of the recipe", () => {
    const starts = stageStarts(recipe.boundaries, 1000);
    expect(starts).toEqual([999, 749, 499, 249]);
    const drawn = Array.from({ length: DRAWS / 8 }, () => drawTimesteps(recipe, 1000, random)).flat();
    for (const start of starts) {
      const share = drawn.filter((t) => t === start).length / DRAWS;
      // A quarter of 30%, and one in a thousand of the others.
      expect(Math.abs(share - 0.0757)).toBeLessThan(tolerance(0.0757));
    }
  });
});

describe("promptDrawer", () => {
  const draw = promptDrawer(tinyCaptions, defaultRecipe);
  const drawn = Array.from({ length: DRAWS }, () => draw(random));
  const share = (holds: (one: (typeof drawn)[number]) => boolean) => drawn.filter(holds).length / DRAWS;
  const expectShare = (actual: number, expected: number) =>
    expect(Math.abs(actual - expected)).toBeLessThan(tolerance(expected));
  const captions = new Set(tinyCaptions.flatMap((entry) => entry.captions));
  const attributes = new Set(tinyCaptions.flatMap((entry) => entry.negatives));
  const parts = ({ negative }: { negative: string }) => negative.split(", ");

  it("draws a caption of the image, or the empty prompt", () => {
    expectShare(
      share(({ prompt }) => prompt === ""),
      0.05,
    );
    for (const { index, prompt } of drawn)
      expect(prompt === "" || tinyCaptions[index]!.captions.includes(prompt)).toBe(true);
  });

  it("draws images in proportion to their weights", () => {
    // Things weigh 1, 2, 3 and 4 in each of three colours.
    for (const [index, { weight }] of tinyCaptions.entries()) {
      expectShare(
        share((one) => one.index === index),
        weight / 30,
      );
    }
  });

  it("mixes negative prompts in the recipe's shares", () => {
    expectShare(
      share(({ negative }) => negative === ""),
      0.35,
    );
    expectShare(
      share((one) => attributes.has(parts(one)[0]!)),
      0.45,
    );
    expectShare(
      share(({ negative }) => captions.has(negative)),
      0.2,
    );
    const own = share((one) => {
      const { negatives } = tinyCaptions[one.index]!;
      return attributes.has(parts(one)[0]!) && parts(one).every((part) => negatives.includes(part));
    });
    // 60% of 45%, and the share of all five attributes that are by chance the image's own two.
    expect(own).toBeGreaterThan(0.27);
    expect(own).toBeLessThan(0.35);
    for (const one of drawn.filter(({ negative }) => negative.includes(", ")))
      expect(new Set(parts(one)).size).toBe(2);
  });

  it("draws no negative prompt without a negative branch", () => {
    const plain = promptDrawer(tinyCaptions, { ...defaultRecipe, negativeBranch: false });
    for (let i = 0; i < 200; i++) expect(plain(random).negative).toBe("");
  });

  it("draws other captions as negative prompts if the data has no attributes", () => {
    const plain = promptDrawer([{ captions: ["a", "b"], negatives: [], weight: 1 }], defaultRecipe);
    const negatives = new Set(Array.from({ length: 200 }, () => plain(random).negative));
    expect([...negatives].sort()).toEqual(["", "a", "b"]);
  });
});
