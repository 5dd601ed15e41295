import { expect, it } from "vitest";
import { type Recipe, recipeKey } from "./recipe.js";
import { sun, TEACHER, withTinyDecoder } from "./sampler.js";

const recipe: Recipe = {
  identity: { model: "m", adapter: "a" },
  sampler: sun("ddim", 4),
  caption: "a red apple",
  negative: "leaf",
  seed: 3,
};

it("gives another key to every recipe that makes another image", () => {
  const others: Recipe[] = [
    recipe,
    { ...recipe, identity: { model: "n", adapter: "a" } },
    { ...recipe, identity: { model: "m", adapter: "b" } },
    { ...recipe, identity: { model: "m", adapter: "a", lora: "l" } },
    { ...recipe, identity: { model: "m", adapter: "a", dtype: "int8" } },
    { ...recipe, sampler: sun("dpm++2m", 4) },
    { ...recipe, sampler: sun("ddim", 8) },
    { ...recipe, sampler: TEACHER },
    { ...recipe, sampler: { ...TEACHER, guidanceScale: 2 } },
    { ...recipe, sampler: { ...TEACHER, spacing: "trailing" } },
    { ...recipe, caption: "a red apple, leaf", negative: "" },
    { ...recipe, negative: "" },
    { ...recipe, seed: 4 },
    { ...recipe, sampler: withTinyDecoder(recipe.sampler) },
    {
      ...recipe,
      sampler: withTinyDecoder(recipe.sampler),
      identity: { model: "m", adapter: "a", tinyAutoencoder: "t" },
    },
  ];
  expect(new Set(others.map(recipeKey)).size).toBe(others.length);
});

it("gives the teacher one key, whichever adapter is loaded beside it", () => {
  const teacher = { ...recipe, sampler: TEACHER };
  expect(recipeKey(teacher)).toBe(recipeKey({ ...teacher, identity: { model: "m" } }));
  expect(recipeKey(teacher)).toBe(recipeKey({ ...teacher, identity: { model: "m", tinyAutoencoder: "t" } }));
});
