import { readFileSync } from "node:fs";
import { fixture } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenizer, type TokenizerFiles } from "../src/index.js";
import { clipTokenizer, sd15Files } from "./sd15-files.js";

interface Row {
  readonly text: string;
  readonly ids: readonly number[];
  readonly ids_pad0?: readonly number[];
}

const { prompts } = JSON.parse(readFileSync(fixture("tokenizer/prompts.json"), "utf8")) as { prompts: Row[] };
const fill = (ids: readonly number[], pad: number) => Array.from({ length: 77 }, (_, i) => ids[i] ?? pad);
const sd15 = clipTokenizer();
const sd21 = clipTokenizer("!");

describe("encode", () => {
  it.each(prompts)("gives transformers' ids: $text", ({ text, ids, ids_pad0 }) => {
    expect(sd15.encode(text).ids).toEqual(fill(ids, 49407));
    expect(sd21.encode(text).ids).toEqual(fill(ids_pad0 ?? ids, 0));
  });

  it("tells which text was cut off", () => {
    const fits = sd15.encode("a ".repeat(75));
    expect(fits).toMatchObject({ tokenCount: 75, truncated: "" });
    const cut = sd15.encode(`${"a ".repeat(74)}Red, apple!`);
    expect(cut).toMatchObject({ tokenCount: 78, truncated: ", apple !" });
    expect(cut.ids).toHaveLength(77);
    expect(cut.ids.at(-1)).toBe(49407);
  });

  it("reads tokenizer.json as it reads vocab.json and merges.txt", () => {
    const merges = sd15Files.merges.split("\n").slice(1).filter(Boolean);
    const { vocab, merges: _, ...config } = sd15Files;
    const model = { type: "BPE", end_of_word_suffix: "</w>", vocab: JSON.parse(vocab) };
    for (const list of [merges, merges.map((line) => line.split(" "))]) {
      const tokenizer = createTokenizer({ ...config, tokenizer: { model: { ...model, merges: list } } });
      for (const { text } of prompts.slice(0, 20)) expect(tokenizer.encode(text)).toEqual(sd15.encode(text));
    }
  });

  // The ids of transformers 5.24's CLIPTokenizer for a folder with this added_tokens.json.
  it("reads the tokens of added_tokens.json", () => {
    const tokenizer = createTokenizer({ ...sd15Files, addedTokens: '{"<my-cat>": 49408}' });
    const { ids } = tokenizer.encode("a photo of <my-cat>, happy");
    expect(ids).toEqual(fill([49406, 320, 1125, 539, 49408, 267, 900, 49407], 49407));
    expect(tokenizer.vocabularySize).toBe(49409);
  });

  it("prefers added_tokens_decoder of tokenizer_config.json to added_tokens.json", () => {
    const tokenizerConfig = {
      ...JSON.parse(sd15Files.tokenizerConfig),
      added_tokens_decoder: { 49408: { content: "<my-dog>" } },
    };
    const tokenizer = createTokenizer({ ...sd15Files, tokenizerConfig, addedTokens: { "<my-cat>": 49408 } });
    expect(tokenizer.tokenize("<my-dog>")).toEqual([49408]);
    expect(tokenizer.tokenize("<my-cat>")).not.toContain(49408);
  });

  it.each([
    ["a list", "[]"],
    ["an id that is not a number", '{"<my-cat>": "49408"}'],
    ["an empty token", '{"": 49408}'],
  ])("rejects added_tokens.json with %s", (_, addedTokens) => {
    expect(() => createTokenizer({ ...sd15Files, addedTokens })).toThrow(
      expect.objectContaining({ code: "TOKENIZER_JSON_INVALID" }),
    );
  });

  it("cuts model_max_length to the positions of the text encoder", () => {
    const tokenizerConfig = { ...JSON.parse(sd15Files.tokenizerConfig), model_max_length: 225 };
    expect(createTokenizer({ ...sd15Files, tokenizerConfig }).maxLength).toBe(225);
    const tokenizer = createTokenizer({ ...sd15Files, tokenizerConfig }, { maxLength: 77 });
    expect(tokenizer.maxLength).toBe(77);
    expect(tokenizer.encode("a ".repeat(100)).ids).toHaveLength(77);
  });

  it("takes names of object members as plain text", () => {
    for (const text of ["__proto__", "constructor", "hasOwnProperty toString"]) {
      expect(sd15.decode(sd15.tokenize(text)).replaceAll(" ", "")).toBe(
        text.toLowerCase().replaceAll(" ", ""),
      );
    }
  });

  it("takes any string, broken surrogates too, and ids stay in the vocabulary", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { ids } = sd15.encode(text);
        expect(ids).toHaveLength(77);
        expect(ids.every((id) => id >= 0 && id < sd15.vocabularySize)).toBe(true);
      }),
    );
    expect(sd15.tokenize("\ud83d")).toEqual(sd15.tokenize("\ufffd"));
  });
});

describe("decode", () => {
  it("is what transformers prints", () => {
    const ids = sd15.encode("A photo of a CAT, don't!").ids;
    expect(sd15.decode(ids)).toBe("a photo of a cat , don 't !");
    expect(sd15.decode(ids.slice(0, 3), { keepSpecialTokens: true })).toBe("<|startoftext|>a photo");
    expect(sd15.decode([])).toBe("");
  });

  it("gives back any plain text, with single spaces", () => {
    const words = fc.array(fc.stringMatching(/^[a-zß-öа-я一-十]{1,9}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, (list) => {
        expect(sd15.decode(sd15.tokenize(list.join("  ")))).toBe(list.join(" "));
      }),
    );
  });

  it("refuses ids that are not in the vocabulary", () => {
    expect(() => sd15.decode([49408])).toThrow(expect.objectContaining({ code: "TOKEN_ID_INVALID" }));
  });
});

describe("long prompts", () => {
  it("refuses 100,000 characters by default, and takes them where they are allowed", () => {
    const text = "a cat, ".repeat(14_286);
    expect(() => sd15.encode(text)).toThrow(expect.objectContaining({ code: "PROMPT_TOO_LONG" }));
    const patient = createTokenizer(sd15Files, { maxCharacters: 200_000 });
    expect(patient.encode(text).tokenCount).toBe(3 * 14_286);
    expect(patient.tokenize("x".repeat(100_000)).length).toBeGreaterThan(1000);
  });
});

const vocabulary = { "!": 0, i: 1, n: 2, in: 3, "<|startoftext|>": 4, "<|endoftext|>": 5 };
const merges = "#version: 0.2\ni n\n";

const broken: { what: string; files: TokenizerFiles; code: string; says: RegExp }[] = [
  { what: "nothing", files: {}, code: "TOKENIZER_FILES_MISSING", says: /vocab\.json and merges\.txt/ },
  {
    what: "a vocabulary that was cut",
    files: { vocab: { "!": 0, '"': 1, "#": 2 }, merges },
    code: "TOKENIZER_SPECIAL_TOKEN_MISSING",
    says: /3 tokens.*startoftext/,
  },
  {
    what: "a line that is no pair",
    files: { vocab: vocabulary, merges: "#version: 0.2\ni n\nnotapair\n" },
    code: "TOKENIZER_MERGES_INVALID",
    says: /merges\.txt, line 3/,
  },
  {
    what: "merges of another model",
    files: { vocab: vocabulary, merges: `${merges}i !\n` },
    code: "TOKENIZER_MERGES_INVALID",
    says: /line 3: "i!" is not in the vocabulary/,
  },
  {
    what: "text that is no JSON",
    files: { vocab: "<html>", merges },
    code: "TOKENIZER_JSON_INVALID",
    says: /vocab\.json/,
  },
  {
    what: "a vocabulary that is a list",
    files: { vocab: ["a"], merges },
    code: "TOKENIZER_JSON_INVALID",
    says: /JSON object/,
  },
  {
    what: "a huge id",
    files: { vocab: { ...vocabulary, x: 2 ** 32 }, merges },
    code: "TOKENIZER_VOCABULARY_INVALID",
    says: /"x" is 4294967296/,
  },
  {
    what: "an id that is no number",
    files: { vocab: { ...vocabulary, x: "7" }, merges },
    code: "TOKENIZER_VOCABULARY_INVALID",
    says: /"x"/,
  },
  {
    what: "an id twice",
    files: { vocab: { ...vocabulary, x: 0 }, merges },
    code: "TOKENIZER_VOCABULARY_INVALID",
    says: /two tokens have the id 0/,
  },
  {
    what: "another kind of model",
    files: { tokenizer: { model: { type: "WordPiece", vocab: vocabulary } } },
    code: "TOKENIZER_UNSUPPORTED",
    says: /WordPiece/,
  },
  {
    what: "a padding token that is not there",
    files: { vocab: vocabulary, merges, tokenizerConfig: { pad_token: "<pad>" } },
    code: "TOKENIZER_SPECIAL_TOKEN_MISSING",
    says: /pad_token "<pad>"/,
  },
];

describe("broken files", () => {
  it.each(broken)("refuses $what", ({ files, code, says }) => {
    expect(() => createTokenizer(files)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(says) }),
    );
  });

  it("keeps a token named __proto__ as a token", () => {
    const vocab = JSON.parse(`{"__proto__": 6, ${JSON.stringify(vocabulary).slice(1)}`);
    expect(createTokenizer({ vocab, merges }).vocabularySize).toBe(7);
    expect(({} as Record<string, unknown>).i).toBeUndefined();
  });
});
