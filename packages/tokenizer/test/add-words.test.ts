import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addWords, encodeWeighted, wordFinder } from "../src/index.js";
import { clipTokenizer } from "./sd15-files.js";

const sd15 = clipTokenizer();
const [start, end, comma, a, cat] = [49406, 49407, 267, 320, 2368];
const size = 49408;
const words = [
  { name: "EasyNegative", length: 3 },
  { name: "<hat>", length: 1 },
  { name: "bad hands 5", length: 2 },
];
const known = addWords(sd15, words);
const content = (ids: readonly number[]) => ids.slice(1, ids.indexOf(end));

describe("addWords", () => {
  it("numbers the tokens of words behind the vocabulary, in the order of the list", () => {
    expect(known.vocabularySize).toBe(size + 6);
    expect(content(known.encode("a EasyNegative, cat").ids)).toEqual([
      a,
      size,
      size + 1,
      size + 2,
      comma,
      cat,
    ]);
    expect(known.tokenize("<hat>")).toEqual([size + 3]);
    expect(known.tokenize("bad  hands\n5")).toEqual([size + 4, size + 5]);
  });

  it("finds words in any case, and behind embedding:", () => {
    const ids = [size, size + 1, size + 2];
    for (const text of [
      "easynegative",
      "EASYNEGATIVE",
      "embedding:EasyNegative",
      "Embedding:easynegative.safetensors",
      "embedding:styles/EasyNegative.pt",
      "embedding:styles\\EasyNegative",
    ])
      expect(known.tokenize(text), text).toEqual(ids);
  });

  it("finds a word that CLIP would join with the signs beside it", () => {
    expect(known.tokenize("(<hat>),a")).toEqual([...sd15.tokenize("("), size + 3, ...sd15.tokenize("),"), a]);
  });

  it("leaves words that only contain a name as they are", () => {
    for (const text of [
      "superEasyNegative",
      "EasyNegatives",
      "embedding:EasyNegativeV2",
      "embedding:EasyNegative_2",
      "embedding:EasyNegative-2",
      "embedding:EasyNegative.v2",
      "Easy Negative",
    ])
      expect(known.tokenize(text), text).toEqual(sd15.tokenize(text));
  });

  it("prefers the longer of two names, and the first of two equal ones", () => {
    const tokenizer = addWords(sd15, [
      { name: "bad", length: 1 },
      { name: "bad-hands", length: 1 },
      { name: "BAD", length: 4 },
    ]);
    expect(tokenizer.tokenize("bad-hands")).toEqual([size + 1]);
    expect(tokenizer.tokenize("bad")).toEqual([size]);
  });

  it("cuts a plain prompt after 75 tokens, within a word too", () => {
    const { ids, tokenCount, truncated } = known.encode(`${"a ".repeat(74)}EasyNegative cat`);
    expect(ids.slice(74)).toEqual([a, size, end]);
    expect(tokenCount).toBe(78);
    expect(truncated).toBe("cat");
    expect(known.encode(`${"a ".repeat(75)}EasyNegative cat`).truncated).toBe("EasyNegative cat");
  });

  it("keeps a word in one chunk, with the weight of its brackets", () => {
    const { chunks, tokenCount } = encodeWeighted(known, `${"a ".repeat(73)}(EasyNegative:1.3) cat`);
    expect(chunks.map(({ ids }) => content(ids))).toEqual([
      Array(73).fill(a),
      [size, size + 1, size + 2, cat],
    ]);
    expect(chunks[1]!.weights.slice(0, 6)).toEqual([1, 1.3, 1.3, 1.3, 1, 1]);
    expect(tokenCount).toBe(77);
    expect(content(encodeWeighted(known, `${"a ".repeat(72)}EasyNegative`).chunks[0]!.ids)).toHaveLength(75);
  });

  it("encodes texts without its words as before", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(wordFinder(words.map(({ name }) => name))(text).length === 0);
        expect(known.encode(text)).toEqual(sd15.encode(text));
      }),
    );
  });

  it("takes any text as a name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
        fc.pre(name.trim() === name && /^[\x21-\x7e]+$/.test(name));
        expect(addWords(sd15, [{ name, length: 2 }]).tokenize(name)).toEqual([size, size + 1]);
      }),
    );
  });
});

it("tells names behind embedding: from others", () => {
  const find = wordFinder(["ink", "wash"]);
  expect(find("ink, embedding:wash")).toEqual([
    { word: 0, start: 0, end: 3, isExplicit: false },
    { word: 1, start: 5, end: 19, isExplicit: true },
  ]);
  expect(find("embedding:ink-wash embedding:unknown/x")).toEqual([]);
  expect(wordFinder([])("ink")).toEqual([]);
  expect(start).toBe(sd15.bosTokenId);
});
