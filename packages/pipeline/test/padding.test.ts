import { expect, it } from "vitest";
import { paddingOf, type ReadPrompt } from "../src/prompts/padding.js";

const END = 9;
const read = (own: number, ...chunks: number[][]): ReadPrompt => ({
  tokenizer: { eosTokenId: END },
  chunks: chunks.map((ids) => ({ ids, weights: ids.map(() => 1) })),
  own,
});
const padding = (...encoders: ReadPrompt[]) => paddingOf(encoders).map(Number).join("");

it("takes a prompt's start, words and end, and no more", () => {
  expect(padding(read(1, [8, 1, 2, END, END]))).toBe("00001");
  expect(padding(read(1, [8, 1, END, 0, 0]))).toBe("00011");
});

it("takes each chunk of a long prompt, and none that only fills up", () => {
  expect(padding(read(2, [8, 1, 2, END], [8, 3, END, END], [8, END, END, END]))).toBe("000000011111");
});

it("takes a token that any text encoder reads", () => {
  expect(padding(read(1, [8, 1, END, END]), read(1, [8, 1, 2, END]))).toBe("0000");
});
