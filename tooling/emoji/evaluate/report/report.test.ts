import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { mscPlot } from "./msc-plot.js";
import { placeTables } from "./place-tables.js";
import { type Details, type Results, summarise } from "./results.js";
import { tables } from "./tables.js";
import { unpadded } from "./unpadded.js";
import { docs } from "./write-docs.js";

const estimate = (value: number) => ({ value, ci: [value - 0.1, value + 0.1] as const });
const set = (fd: number, closed: number) => ({
  fd: estimate(fd),
  closed: estimate(closed),
  ssim: estimate(0.8),
  cosine: estimate(0.9),
});
const details: Details = {
  machine: "an abacus",
  command: "pnpm evaluate",
  features: "eyes",
  leftOut: [],
  models: {
    base: {
      "25 guided, other seeds": set(10, 1),
      "4 unguided": set(50, 0),
      "SUN 2": set(20, 0.75),
      "SUN 4": set(11, 0.975),
      "SUN 2 with MSC": set(20, 0.75),
      "SUN 4 with MSC": set(11, 0.975),
      "SUN 4 without MSC": set(14, 0.9),
      "4 guided DDIM": set(9, 1.025),
    },
    openmoji: { "SUN 4": set(13, 0.92) },
  },
};
const results: Results = { ...summarise(512, details), details };

describe("report", () => {
  it("summarizes in the form of --json", () => {
    expect(summarise(512, details)).toEqual({
      prompts: 512,
      fewSteps: { closed: 0.975, ci: [0.875, 1.075] },
      plugIn: { openmoji: { closed: 0.92 } },
      msc: { with: { 2: 20, 4: 11 }, without: { 4: 14 } },
      fd: {
        "base, 25 guided, other seeds": 10,
        "base, 4 unguided": 50,
        "base, SUN 2": 20,
        "base, SUN 4": 11,
        "base, SUN 2 with MSC": 20,
        "base, SUN 4 with MSC": 11,
        "base, SUN 4 without MSC": 14,
        "base, 4 guided DDIM": 9,
        "openmoji, SUN 4": 13,
      },
    });
  });

  it("states which claims hold", () => {
    const { claims } = tables(results);
    expect(unpadded(claims)).toContain(
      "| 4 steps, paired: gap between ceiling and floor closed | 97.5% | at least 95% | yes |",
    );
    expect(unpadded(claims)).toContain(
      "| not farther than DDIM at twice the cost | 11.00 against 9.00 | less | **no** |",
    );
    expect(unpadded(claims)).toContain("| MSC helps at 4 steps | 11.00 against 14.00 | less | yes |");
    expect(claims).not.toContain("LCM");
  });

  it("shows both decoders, and judges the claim by the default one", () => {
    const [vae, taesd] = [
      { guidedMs: 600, sunMs: 80, ratio: 7.5 },
      { guidedMs: 585, sunMs: 55, ratio: 10.6 },
    ];
    const speed = { ...taesd, decoders: { vae, taesd }, plainEvaluationMs: 11, sunEvaluationMs: 12 };
    const measured = { ...details, speed: { ...speed, sunOverPlain: 1.1, rounds: 15 } };
    const made = tables({ ...summarise(512, measured), details: measured });
    expect(unpadded(made.speed)).toContain("| an image, 4 steps with SUN, VAE | 80.0, 7.5x less |");
    expect(unpadded(made.speed)).toContain(
      "| an image, 4 steps with SUN, tiny autoencoder | 55.0, 10.6x less |",
    );
    expect(unpadded(made.claims)).toContain("| faster than 25 guided steps | 10.6x | over 10x | yes |");
    expect(summarise(512, measured).speed).toEqual({ ratio: 10.6, sunOverPlain: 1.1 });
  });

  it("compares the tiny autoencoder with the VAE", () => {
    const tinyAutoencoder = { images: 512, psnr: estimate(30), ssim: estimate(0.95) };
    const made = tables({ ...results, details: { ...details, tinyAutoencoder } });
    expect(unpadded(made["tiny autoencoder"])).toContain("| PSNR, dB | 30.0 (29.9 to 30.1) |");
  });

  it("replaces the tables between their comments, repeatedly", () => {
    const text = "before\n<!-- table: msc --><!-- end -->\nafter\n";
    const placed = placeTables(text, tables(results));
    expect(unpadded(placed)).toContain("| 4 | 11.00 (10.90 to 11.10) | 14.00 (13.90 to 14.10) |");
    expect(placeTables(placed, tables(results))).toBe(placed);
    expect(() => placeTables("<!-- table: tea --><!-- end -->", tables(results))).toThrow("tea");
  });

  it("plots larger distances higher", () => {
    const heights = [...mscPlot(results.msc).matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map((match) =>
      Number(match[1]),
    );
    // Without MSC 14; with it 20 and 11.
    expect(heights).toHaveLength(3);
    expect(heights[1]).toBeLessThan(heights[0]!);
    expect(heights[0]).toBeLessThan(heights[2]!);
  });
});

describe.runIf(existsSync(docs("results.json")))("docs", () => {
  it("derives results.md and the plot from results.json", async () => {
    const committed = JSON.parse(await readFile(docs("results.json"), "utf8")) as Results;
    const text = await readFile(docs("results.md"), "utf8");
    expect(placeTables(text, tables(committed))).toBe(text);
    expect(await readFile(docs("msc.svg"), "utf8")).toBe(mscPlot(committed.msc));
    expect({ ...summarise(committed.prompts, committed.details), details: committed.details }).toEqual(
      committed,
    );
  });
});
