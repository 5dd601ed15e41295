import { readFile } from "node:fs/promises";
import { decodeImage } from "@sunstep/image";
import { describe, expect, it } from "vitest";
import { compose } from "../src/compose.js";
import type { PlannedImage } from "../src/plan.js";
import { openIcons, SIZE } from "../src/render.js";

const noto = openIcons("noto");
const apple = (await noto.render("red apple"))!;

describe("openIcons", () => {
  it("draws the apple that is kept beside this test", async () => {
    const kept = decodeImage(await readFile(new URL("red-apple.png", import.meta.url)));
    expect([apple.width, apple.height, apple.data.length]).toEqual([SIZE, SIZE, kept.data.length]);
    let worst = 0;
    for (let i = 0; i < kept.data.length; i++)
      worst = Math.max(worst, Math.abs(kept.data[i]! - apple.data[i]!));
    expect(worst).toBeLessThanOrEqual(2);
  });

  it("leaves a border of four pixels", () => {
    for (let i = 0; i < SIZE * 4; i++) expect(apple.data[i * 4 + 3]).toBe(0);
  });

  it.each(["t-rex", "piñata", "woman's boot", "check mark button", "jack-o-lantern"])(
    "finds %s",
    async (name) => {
      expect(await noto.render(name)).toBeDefined();
    },
  );

  it("returns nothing for a concept that the set lacks", async () => {
    expect(await openIcons("fluent-emoji-flat").render("piñata")).toBeUndefined();
  });
});

describe("compose", () => {
  const image: PlannedImage = {
    concept: "red apple",
    style: "noto style",
    background: "blue",
    set: "noto",
    drawing: apple,
    mirrored: false,
    ground: [0, 127.5, 255],
    captions: ["red apple"],
    negatives: [],
    weight: 1,
  };
  const composed = (changes: Partial<PlannedImage>) => {
    const target = new Float32Array(3 * SIZE * SIZE);
    compose({ ...image, ...changes }, target);
    return target;
  };
  const at = (image: Float32Array, x: number, y: number) =>
    [0, 1, 2].map((c) => image[(c * SIZE + y) * SIZE + x]!);

  it("places the thing on its ground, -1 to 1", () => {
    const image = composed({});
    expect(at(image, 0, 0)).toEqual([-1, 0, 1]);
    const [red, green, blue] = at(image, 64, 80) as [number, number, number];
    expect([red > 0.7, green < 0, blue < -0.5]).toEqual([true, true, true]);
  });

  it("mirrors the thing", () => {
    const [straight, mirrored] = [composed({}), composed({ mirrored: true })];
    for (const [x, y] of [
      [30, 40],
      [64, 20],
      [100, 90],
    ] as const)
      expect(at(mirrored, SIZE - 1 - x, y)).toEqual(at(straight, x, y));
  });

  it("recolours the thing", () => {
    const [red, , blue] = at(composed({ recolour: { from: 10, to: "blue" } }), 64, 80) as [
      number,
      number,
      number,
    ];
    expect(blue).toBeGreaterThan(red + 0.5);
  });
});

it("leaves out flags and skin tones", () => {
  const { names } = openIcons("fluent-emoji-flat");
  expect(names).toContain("artist");
  expect(names).toContain("police-car-light");
  expect(names.filter((name) => /^artist-(light|medium)|^flag/.test(name))).toEqual([]);
});
