import fc from "fast-check";
import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { decodeImage, encodePng, readPngText } from "../src/index.js";
import { readPngChunks, writePngChunks } from "../src/png/png-chunks.js";
import { bytesOf, pillow } from "./pillow.js";

const pixel = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(1, 2, 3) };

describe("PNG text", () => {
  it("reads Pillow's: plain, UTF-8 and compressed", () => {
    const expected = new Map([
      ["parameters", "hello\nworld"],
      ["unicode", "猫 é"],
      ["zipped", "zipped é"],
      ["zipped unicode", "猫".repeat(50)],
    ]);
    expect(readPngText(bytesOf(pillow.texts))).toEqual(expected);
    expect(decodeImage(bytesOf(pillow.texts)).text).toEqual(expected);
  });

  it("gives back any text", () => {
    const texts = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(texts, fc.stringMatching(/^[A-Za-z_]{1,79}$/), (text, keyword) => {
        const png = encodePng(pixel, { text: new Map([[keyword, text]]) });
        expect(readPngText(png)).toEqual(new Map([[keyword, text]]));
      }),
    );
  });

  it("refuses compressed texts that are too long together", () => {
    const [header, ...rest] = readPngChunks(encodePng(pixel));
    const long = zlibSync(new Uint8Array(9 * 2 ** 20));
    const text = (keyword: string) => ({
      type: "zTXt",
      data: Uint8Array.of(keyword.charCodeAt(0), 0, 0, ...long),
    });
    const read = (...texts: string[]) => readPngText(writePngChunks([header!, ...texts.map(text), ...rest]));
    expect(read("a").get("a")).toHaveLength(9 * 2 ** 20);
    expect(() => read("a", "b")).toThrow(expect.objectContaining({ code: "IMAGE_CORRUPT" }));
  });

  it("refuses keywords and texts that PNG cannot hold", () => {
    for (const text of [{ "": "x" }, { 猫: "x" }, { ["k".repeat(80)]: "x" }, { " k": "x" }, { k: "a\0b" }]) {
      expect(() => encodePng(pixel, { text: text as Record<string, string> })).toThrow(
        expect.objectContaining({ code: "IMAGE_TEXT_INVALID" }),
      );
    }
  });
});
