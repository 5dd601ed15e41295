import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backgroundPhrase, caption, ownNegatives, randomCaption } from "../src/captions.js";
import { BACKGROUND_NAMES, COLOURS } from "../src/colours.js";
import { COMMON_NAMES, CONCEPTS, kindOf, OTHER_NAMES } from "../src/concepts.js";
import { STYLES } from "../src/emoji-sets.js";
import { Random } from "../src/random.js";

describe("caption", () => {
  it.each([
    [{ thing: "red apple" }, "red apple"],
    [{ thing: "red apple", article: "a" }, "a red apple"],
    [{ thing: "red apple", colour: "orange", article: "a" }, "an orange apple"],
    [{ thing: "sun", article: "the", background: "blue" }, "the sun on a blue background"],
    [{ thing: "red square", colour: "blue", background: "orange" }, "blue square on an orange background"],
    [
      { thing: "butterfly", colour: "yellow", article: "a", background: "blue", additions: ["noto style"] },
      "a yellow butterfly on a blue background, noto style",
    ],
    [{ thing: "owl", additions: ["bird", "fluent style"] }, "owl, bird, fluent style"],
  ] as const)("%o is %s", (parts, expected) => {
    expect(caption(parts)).toBe(expected);
  });
});

const content = fc.record({
  concept: fc.constantFrom(...CONCEPTS),
  style: fc.constantFrom(...STYLES),
  colour: fc.constantFrom(...COLOURS),
  background: fc.constantFrom(...BACKGROUND_NAMES),
});

describe("randomCaption", () => {
  it("names the thing and its colour, and nothing untrue", () => {
    fc.assert(
      fc.property(content, fc.nat(), (shown, seed) => {
        const said = randomCaption(shown, { nameColour: true }, new Random(seed));
        const [subject, ...rest] = said.split(", ");
        expect(subject).toMatch(new RegExp(`^(an? |the )?${shown.colour} `));
        const ground = backgroundPhrase(shown.background);
        const allowed = new Set<string>([shown.style, kindOf(shown.concept), ground]);
        expect(rest.filter((part) => !allowed.has(part))).toEqual([]);
        if (/ on an? .* background$/.test(subject!)) expect(subject).toContain(ground);
      }),
    );
  });

  it("uses common names, articles, styles, kinds and grounds with their probabilities", () => {
    const random = new Random(1);
    const shown = { concept: "automobile", style: "noto style", background: "blue" } as const;
    const said = Array.from({ length: 2000 }, () => randomCaption(shown, { nameColour: false }, random));
    const share = (pattern: RegExp) => said.filter((text) => pattern.test(text)).length / said.length;
    expect(share(/\bcar\b/)).toBeCloseTo(0.3, 1);
    expect(share(/\bauto\b/)).toBeCloseTo(0.7 * 0.15, 1);
    expect(share(/^(an?|the) /)).toBeCloseTo(0.4, 1);
    expect(share(/^the /)).toBeCloseTo(0.4 * 0.2, 1);
    expect(share(/noto style/)).toBeCloseTo(0.65, 1);
    expect(share(/, vehicle/)).toBeCloseTo(0.12, 1);
    expect(share(/on a blue background/)).toBeCloseTo(0.95, 1);
  });
});

it("names colours, ground, style and kind as negatives", () => {
  const shown = { concept: "frog", style: "noto style", background: "white" } as const;
  expect(ownNegatives(shown, ["yellow", "green"])).toEqual([
    "yellow",
    "green",
    "white background",
    "noto style",
    "animal",
  ]);
});

it("maps every common name to a concept", () => {
  expect(Object.keys(COMMON_NAMES).filter((name) => !CONCEPTS.includes(name))).toEqual([]);
});

it("maps every further name to one concept, distinct from concepts and common names", () => {
  expect(Object.keys(OTHER_NAMES).filter((name) => !CONCEPTS.includes(name))).toEqual([]);
  const others = Object.values(OTHER_NAMES).flat();
  expect(others).toHaveLength(new Set(others).size);
  const taken = new Set([...CONCEPTS, ...Object.values(COMMON_NAMES)]);
  expect(others.filter((name) => taken.has(name))).toEqual([]);
});
