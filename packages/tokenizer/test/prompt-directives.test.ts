import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptDirectives } from "../src/index.js";

const kinds = (prompt: string) =>
  promptDirectives(prompt).directives.map(({ kind, text }) => `${kind} ${text}`);

describe("promptDirectives", () => {
  it.each([
    ["<lora:ink:0.8>", { name: "ink", textEncoderScale: 0.8, unetScale: 0.8 }],
    ["<lora:ink>", { name: "ink", textEncoderScale: 1, unetScale: 1 }],
    ["<lora:v1.5 my-style:0.5:-1>", { name: "v1.5 my-style", textEncoderScale: 0.5, unetScale: -1 }],
    ["<lora:ink:te=0.2:unet=0.7>", { name: "ink", textEncoderScale: 0.2, unetScale: 0.7 }],
    ["<lora:ink:unet=0.7>", { name: "ink", textEncoderScale: 1, unetScale: 0.7 }],
    ["<lyco:ink:0.5>", { name: "ink", textEncoderScale: 0.5, unetScale: 0.5 }],
    ["<lora:ink:1:1:8>", { name: "ink", textEncoderScale: 1, unetScale: 1, rest: ["8"] }],
    ["<lora:ink:1:lbw=OUTALL>", { name: "ink", textEncoderScale: 1, unetScale: 1, rest: ["lbw=OUTALL"] }],
    ["<lora:ink:strong>", { name: "ink", textEncoderScale: Number.NaN, unetScale: Number.NaN }],
  ])("reads %s, the text encoder's scale first", (text, expected) => {
    expect(promptDirectives(`a red ${text}apple`)).toEqual({
      prompt: "a red apple",
      directives: [{ kind: "lora", text, rest: [], ...expected }],
    });
  });

  it.each([
    ["a [red:green:0.5] apple", ["schedule [red:green:0.5]"]],
    ["a [leaf:10] apple", ["schedule [leaf:10]"]],
    ["a [cat|dog] on grass", ["alternation [cat|dog]"]],
    ["[a [b:c:0.2]:d:0.5]", ["schedule [b:c:0.2]", "schedule [a [b:c:0.2]:d:0.5]"]],
    ["a cat AND a dog", ["composition AND"]],
    ["embedding:bad-hands.v2, blurry", ["embedding embedding:bad-hands.v2"]],
    ["<hypernet:old:1> x", ["extra-network <hypernet:old:1>"]],
  ])("finds the directives of %s", (prompt, expected) => expect(kinds(prompt)).toEqual(expected));

  it.each([
    "a (red:1.3) apple",
    "a [quiet] street",
    "\\[a|b\\] \\[a:b:0.5\\]",
    "SAND and BRAND",
    "time: 10:30",
    "[open|ended",
    "i <3 you",
    "[ratio 4:3 photo]",
    "no-embedding: x",
  ])("finds none in %s", (prompt) => expect(promptDirectives(prompt)).toEqual({ prompt, directives: [] }));

  it("takes any text, in time in proportion to its length", () => {
    fc.assert(fc.property(fc.string(), (text) => promptDirectives(text).directives.length >= 0));
    for (const piece of ["[", "<lora:", "[a|", "[a:", "embedding:"]) promptDirectives(piece.repeat(10_000));
  });
});
