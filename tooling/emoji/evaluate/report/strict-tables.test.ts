import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { placeTables } from "./place-tables.js";
import type { StrictModel, StrictResults } from "./strict-results.js";
import { strictTables } from "./strict-tables.js";
import { unpadded } from "./unpadded.js";
import { docs } from "./write-docs.js";

const estimate = (value: number) => ({ value, ci: [value - 0.1, value + 0.1] as const });
const distance = (fd: number, closed: number) => ({ fd: estimate(fd), closed: estimate(closed) });
const drift = (without: number, named: number) => ({
  without: estimate(without),
  with: estimate(named),
  shift: [1.25, 0, -2] as const,
});
const set = (fd: number, closed: number, off = drift(5, 8)) => ({
  unpaired: { ImageNet: distance(fd, closed), latents: distance(2 * fd, closed - 0.06) },
  paired: { ImageNet: distance(fd, closed + 0.02), latents: distance(fd, closed + 0.02) },
  drift: off,
});
const model = (closed: number): StrictModel => ({
  prompts: 128,
  sets: {
    "25 guided, other seeds": set(1, 1),
    "4 unguided": set(50, 0),
    "4 guided DPM-Solver++": set(9, 0.9, drift(5, 6)),
    "SUN 4": set(2, closed),
  },
});
const effect = (share: number, change: number) => ({
  share: estimate(share),
  byKind: { colour: estimate(share - 0.1) },
  changeByKind: { colour: estimate(change) },
  unrelated: estimate(0.8),
  drift: drift(4, 9),
});
const results: StrictResults = {
  machine: "an abacus",
  networks: { ImageNet: "eyes", latents: "fingers" },
  models: { base: model(0.97), openmoji: model(0.97) },
  negative: {
    pairs: 400,
    teacher: { colour: 0.5 },
    samplers: { "SUN 4": effect(0.92, 1.25), "4 guided DPM-Solver++": effect(1, 1) },
    colourMeasure: { images: 30, asked: 0.8, others: 0.02, accuracy: 0.9 },
    objects: { accuracy: 0.8, heldOut: 100 },
  },
};

describe("the stricter evaluation's tables", () => {
  const { sizes, ...made } = strictTables(results);
  const [claims, drifts] = [unpadded(made.claims), unpadded(made.drift)];

  it("ask more of the base model than of a fine-tune, in each network", () => {
    expect(claims).toContain(
      "| base, unpaired: gap between ceiling and floor closed, ImageNet | 97.0% (87.0% to 107.0%) | at least 95% | yes |",
    );
    expect(claims).toContain("floor closed, latents | 91.0% (81.0% to 101.0%) | at least 95% | **no** |");
    expect(claims).toContain("floor closed, latents | 91.0% (81.0% to 101.0%) | at least 90% | yes |");
  });

  it("compare the drift of colours with that of 4 guided steps", () => {
    expect(claims).toContain(
      "| base, prompts: mean colours off without a negative prompt | 5.0 against 5.0 | at most 4 guided steps' | yes |",
    );
    expect(claims).toContain(
      "| base, prompts: mean colours off with a negative prompt | 8.0 against 6.0 | at most 4 guided steps' | **no** |",
    );
    expect(drifts).toContain("| +1.3, +0.0, -2.0 |");
  });

  it("ask that negative prompts have neither less nor more effect than the teacher's", () => {
    expect(claims).toContain(
      "| negative prompts: share of the teacher's effect | 92.0% (82.0% to 102.0%) | 90 to 110% | yes |",
    );
    expect(claims).toContain(
      "| a thing's own colour as negative prompt: share of the teacher's effect | 82.0% (72.0% to 92.0%) | 90 to 110% | **no** |",
    );
    expect(claims).toContain(
      "share of the teacher's change | 125.0% (115.0% to 135.0%) | 90 to 110% | **no** |",
    );
  });

  it("name the sizes of all samples", () => {
    expect(sizes).toBe("Prompts: base 128, openmoji 128. Pairs: 400. an abacus.");
  });

  it("leave the tables of the broad comparison alone", () => {
    const text = "<!-- table: sets -->\n<!-- end -->\n<!-- strict: sizes -->\n<!-- end -->\n";
    expect(placeTables(text, strictTables(results), "strict")).toBe(
      `<!-- table: sets -->\n<!-- end -->\n<!-- strict: sizes -->\n\n${sizes}\n\n<!-- end -->\n`,
    );
  });
});

describe.runIf(existsSync(docs("strict.json")))("docs", () => {
  it("derives the stricter tables of results.md from strict.json", async () => {
    const committed = JSON.parse(await readFile(docs("strict.json"), "utf8")) as StrictResults;
    const text = await readFile(docs("results.md"), "utf8");
    expect(placeTables(text, strictTables(committed), "strict")).toBe(text);
  });
});
