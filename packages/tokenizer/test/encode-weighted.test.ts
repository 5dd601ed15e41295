import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignChunks, emptyChunk, encodeWeighted } from "../src/index.js";
import { clipTokenizer } from "./sd15-files.js";

const sd15 = clipTokenizer();
const sd21 = clipTokenizer("!");
const [start, end, comma, a, cat] = [49406, 49407, 267, 320, 2368];
const content = (ids: readonly number[]) => ids.slice(1, ids.indexOf(end));
const repeat = (id: number, count: number) => Array<number>(count).fill(id);

describe("encodeWeighted", () => {
  it("encodes a short prompt as encode does", () => {
    for (const tokenizer of [sd15, sd21]) {
      for (const text of ["", "a photo of a cat", "naïve café, 猫"]) {
        const { chunks } = encodeWeighted(tokenizer, text);
        expect(chunks).toEqual([{ ids: tokenizer.encode(text).ids, weights: repeat(1, 77) }]);
      }
    }
  });

  it("gives each token its weight", () => {
    const { chunks, tokenCount } = encodeWeighted(sd15, "a (cat:1.3) [a]");
    expect(tokenCount).toBe(3);
    expect(chunks[0]!.ids.slice(0, 5)).toEqual([start, a, cat, a, end]);
    expect(chunks[0]!.weights).toEqual([1, 1, 1.3, 1 / 1.1, ...repeat(1, 73)]);
  });

  it("starts another chunk after 75 tokens", () => {
    const { chunks } = encodeWeighted(sd15, "a ".repeat(76));
    expect(chunks.map(({ ids }) => content(ids).length)).toEqual([75, 1]);
    expect(chunks.every(({ ids, weights }) => ids.length === 77 && weights.length === 77)).toBe(true);
    expect(encodeWeighted(sd15, "a ".repeat(75)).chunks).toHaveLength(1);
  });

  it("pads later chunks with the padding token", () => {
    const { chunks } = encodeWeighted(sd21, "a ".repeat(76));
    expect(chunks[1]!.ids).toEqual([start, a, end, ...repeat(0, 74)]);
  });

  it("breaks after a comma among the last 20 tokens", () => {
    const { chunks } = encodeWeighted(sd15, `${"a ".repeat(60)}, ${"cat ".repeat(20)}`);
    expect(content(chunks[0]!.ids)).toEqual([...repeat(a, 60), comma]);
    expect(content(chunks[1]!.ids)).toEqual(repeat(cat, 20));
    expect(chunks[0]!.ids).toHaveLength(77);
  });

  it("does not look further back for a comma", () => {
    const far = encodeWeighted(sd15, `${"a ".repeat(54)}, ${"cat ".repeat(40)}`);
    expect(far.chunks.map(({ ids }) => content(ids).length)).toEqual([75, 20]);
  });

  it("lets a comma as 76th token begin the next chunk", () => {
    const { chunks } = encodeWeighted(sd15, `${"a ".repeat(75)}, cat`);
    expect(content(chunks[1]!.ids)).toEqual([comma, cat]);
  });

  it("starts another chunk at BREAK", () => {
    const { chunks } = encodeWeighted(sd15, "a BREAK (cat:1.2) BREAK");
    expect(chunks.map(({ ids }) => content(ids))).toEqual([[a], [cat]]);
    expect(chunks[1]!.weights[1]).toBe(1.2);
  });

  it("loses no token and no weight, whatever the prompt", () => {
    const words = fc.array(fc.constantFrom("cat", ",", "a", "red", "BREAK", "(b:1.2)"), { maxLength: 300 });
    fc.assert(
      fc.property(words, (list) => {
        const { chunks, tokenCount } = encodeWeighted(sd15, list.join(" "));
        const plain = list.filter((word) => word !== "BREAK").map((word) => word.replace("(b:1.2)", "b"));
        const ids = chunks.flatMap((chunk) => content(chunk.ids));
        expect(ids).toEqual(sd15.tokenize(plain.join(" ")));
        expect(tokenCount).toBe(ids.length);
        const heavy = chunks.flatMap(({ weights }) => weights.filter((weight) => weight !== 1));
        expect(heavy).toEqual(list.filter((word) => word === "(b:1.2)").map(() => 1.2));
      }),
    );
  });

  it("refuses a prompt over the limit before reading it", () => {
    const prompt = "((((".repeat(25_000);
    expect(() => encodeWeighted(sd15, prompt)).toThrow(expect.objectContaining({ code: "PROMPT_TOO_LONG" }));
  });
});

describe("alignChunks", () => {
  it("fills the shorter prompt up with empty chunks", () => {
    const long = encodeWeighted(sd21, "a ".repeat(160)).chunks;
    const short = encodeWeighted(sd21, "cat").chunks;
    const [positive, negative] = alignChunks(sd21, [long, short]);
    expect(positive).toEqual(long);
    expect(negative).toEqual([...short, emptyChunk(sd21), emptyChunk(sd21)]);
    expect(emptyChunk(sd21).ids).toEqual(sd21.encode("").ids);
  });
});
