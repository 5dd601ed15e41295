import { expect, test } from "vitest";

test("exports exactly these names", async () => {
  expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
    "emojiDefaults",
    "emojiModelUrl",
    "emojiSunAdapterUrl",
    "emojiTinyAutoencoderUrl",
  ]);
});
