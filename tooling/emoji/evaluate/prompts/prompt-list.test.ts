import { createHash } from "node:crypto";
import { COLOURS, COMMON_CONCEPTS, COMMON_NAMES, STYLES } from "@sunstep/emoji-data";
import { describe, expect, it } from "vitest";
import { promptList } from "./prompt-list.js";

const hash = (value: unknown) =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
const prompts = promptList(512);

describe("prompt list", () => {
  it("stays the same: cached images and published numbers depend on it", () => {
    expect(prompts.slice(0, 6)).toMatchInlineSnapshot(`
      [
        {
          "caption": "a lion on a brown background",
          "negative": "yellow background",
          "seed": 0,
        },
        {
          "caption": "race car, fluent style",
          "negative": "a guitar",
          "seed": 1,
        },
        {
          "caption": "a christmas tree, noto style",
          "negative": "yellow",
          "seed": 2,
        },
        {
          "caption": "burrito on a yellow background, twemoji style",
          "negative": "",
          "seed": 3,
        },
        {
          "caption": "pink spouting whale on a gray background, noto style",
          "negative": "fluent style",
          "seed": 4,
        },
        {
          "caption": "a wine glass, fluent style",
          "negative": "",
          "seed": 5,
        },
      ]
    `);
    expect(hash(prompts)).toMatchInlineSnapshot(`"b588c4ba7d02a0a7"`);
  });

  it("is a prefix of every longer list", () => {
    expect(promptList(100)).toEqual(prompts.slice(0, 100));
  });

  it("has empty negative prompts in one half, and no prompt twice", () => {
    expect(prompts.filter(({ negative }) => negative === "")).toHaveLength(256);
    expect(new Set(prompts.map(({ caption, negative }) => `${caption}|${negative}`)).size).toBeGreaterThan(
      505,
    );
  });

  it("spreads colours and styles evenly", () => {
    const captions = prompts.map(({ caption }) => caption.replace(/ on an? \w+ background/, ""));
    const counts = (words: readonly string[]) =>
      words.map(
        (word) => captions.filter((caption) => caption.split(/[ ,]+/).includes(word.split(" ")[0]!)).length,
      );
    for (const values of [counts(COLOURS), counts(STYLES)]) {
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.35 * Math.max(...values));
    }
  });

  it("takes four in five prompts from the common concepts", () => {
    const names = COMMON_CONCEPTS.flatMap((concept) => [concept, COMMON_NAMES[concept] ?? concept]);
    const bare = (name: string) => name.replace(/^red /, "");
    const common = prompts.filter(({ caption }) => names.some((name) => caption.includes(bare(name))));
    expect(common.length).toBeGreaterThan(400);
  });
});
