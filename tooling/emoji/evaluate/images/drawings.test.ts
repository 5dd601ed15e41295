import { promptData } from "@sunstep/distillation";
import { expect, it } from "vitest";
import { drawnCaptions } from "./drawings.js";

const entries = Array.from({ length: 1000 }, (_, i) => ({
  captions: [`a ${i}`, `the ${i}`],
  negatives: [],
  weight: i % 2 === 0 ? 1 : 9,
}));

it("draws each image once by its weight, with one of its captions; a longer list begins like a shorter one", async () => {
  const data = await promptData(entries, [4, 16, 16]);
  const drawn = drawnCaptions(data, 200);
  expect(new Set(drawn.map(({ seed }) => seed)).size).toBe(200);
  for (const { caption, seed } of drawn) expect(entries[seed]!.captions).toContain(caption);
  // Nine in ten at first, fewer as the heavy ones are used up.
  const heavy = drawn.filter(({ seed }) => seed % 2 === 1).length;
  expect(heavy).toBeGreaterThan(160);
  expect(heavy).toBeLessThan(195);
  expect(drawnCaptions(data, 400).slice(0, 200)).toEqual(drawn);
});
