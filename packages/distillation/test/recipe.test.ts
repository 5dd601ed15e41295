import { expect, it } from "vitest";
import { defaultRecipe, parseRecipe } from "../src/recipe.js";
import { learningRate } from "../src/run/learning-rate.js";

it("fills in defaults", () => {
  expect(parseRecipe({})).toEqual(defaultRecipe);
  expect(parseRecipe(JSON.parse(JSON.stringify(defaultRecipe)))).toEqual(defaultRecipe);
  expect(parseRecipe({ guidance: 7.5, weights: { msc: 0 }, learningRate: { peak: 2e-3 } })).toEqual({
    ...defaultRecipe,
    guidance: [7.5, 7.5],
    weights: { ...defaultRecipe.weights, msc: 0 },
    learningRate: { ...defaultRecipe.learningRate, peak: 2e-3 },
  });
});

it.each<[recipe: unknown, field: string]>([
  [[], ""],
  [{ steps: 0 }, "steps"],
  [{ steps: 2.5 }, "steps"],
  [{ batch: "16" }, "batch"],
  [{ stepps: 5 }, "stepps"],
  [{ toString: 5 }, "toString"],
  [{ weights: 1 }, "weights"],
  [{ weights: { lpips: 1 } }, "weights.lpips"],
  [{ weights: { msc: -1 } }, "weights.msc"],
  [{ weights: { msc: 0, cfg: 0 } }, "weights"],
  [{ variant: "addpos" }, "variant"],
  [{ learningRate: { peak: 0 } }, "learningRate.peak"],
  [{ learningRate: { hold: 1.1 } }, "learningRate.hold"],
  [{ adamw: { betas: [0.9, 1] } }, "adamw.betas"],
  [{ adamw: { betas: 0.9 } }, "adamw.betas"],
  [{ adamw: { emaDecay: 1 } }, "adamw.emaDecay"],
  [{ distance: { kind: "l1" } }, "distance.kind"],
  [{ boundaries: [749, 499, 249] }, "boundaries"],
  [{ boundaries: [249, 499, -1] }, "boundaries"],
  [{ boundaries: [] }, "boundaries"],
  [{ guidance: [5, 3] }, "guidance"],
  [{ guidance: 0.5 }, "guidance"],
  [{ guidance: null }, "guidance"],
  [{ negatives: { empty: 0.5 } }, "negatives"],
  [{ negativeBranch: 0 }, "negativeBranch"],
])("refuses %j", (recipe, field) => {
  expect(() => parseRecipe(recipe, "recipe.json")).toThrow(
    expect.objectContaining({
      code: "TRAINING_RECIPE",
      message: expect.stringContaining("recipe.json: "),
      details: expect.objectContaining({ field }),
    }),
  );
});

it("raises, holds and lowers the learning rate", () => {
  const rates = { peak: 1e-3, warmUp: 50, hold: 0.4, end: 0.02 };
  const at = (step: number) => learningRate(rates, step, 1000);
  expect([0, 24, 49, 200, 400, 700, 1000].map(at)).toBeAllclose(
    [2e-5, 5e-4, 1e-3, 1e-3, 1e-3, 5.1e-4, 2e-5],
    { rtol: 1e-6 },
  );
  expect(learningRate({ ...rates, warmUp: 0, hold: 1 }, 999, 1000)).toBe(1e-3);
});
