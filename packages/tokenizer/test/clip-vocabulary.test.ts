import { expect, it, vi } from "vitest";
import { clipTokenizerFiles, createTokenizer } from "../src/index.js";
import { clipTokenizer, sd15Files } from "./sd15-files.js";

it("is the vocabulary that Stable Diffusion's tokenizer folders hold", async () => {
  const { vocab, merges } = await clipTokenizerFiles();
  expect(vocab).toEqual(JSON.parse(sd15Files.vocab));
  expect(merges).toBe(sd15Files.merges.replace("#version: 0.2\n", "").trimEnd());
});

it.each(["<|endoftext|>", "!"])("gives the same ids, padded with %s", async (padToken) => {
  const own = createTokenizer(await clipTokenizerFiles({ padToken }));
  const folder = clipTokenizer(padToken);
  for (const prompt of ["", "a photo of a cat", "naïve café, 1984 <|endoftext|>!", "x ".repeat(100)]) {
    expect(own.encode(prompt)).toEqual(folder.encode(prompt));
  }
});

it("can be asked for again after a failure", async () => {
  vi.doMock("../src/clip/clip-merges.js", () => {
    throw new Error("offline");
  });
  vi.resetModules();
  const { clipTokenizerFiles: fresh } = await import("../src/index.js");
  await expect(fresh()).rejects.toThrow();
  vi.doUnmock("../src/clip/clip-merges.js");
  expect((await fresh()).merges).toBe((await clipTokenizerFiles()).merges);
});
