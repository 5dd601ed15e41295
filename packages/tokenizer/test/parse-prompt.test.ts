import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePrompt } from "../src/index.js";

// The examples of AUTOMATIC1111's own documentation of the grammar, and its corners.
const table: [prompt: string, ...parts: ([string, number] | "BREAK")[]][] = [
  ["normal text", ["normal text", 1]],
  ["an (important) word", ["an ", 1], ["important", 1.1], [" word", 1]],
  ["(unbalanced", ["unbalanced", 1.1]],
  ["\\(literal\\]", ["(literal]", 1]],
  ["(unnecessary)(parens)", ["unnecessaryparens", 1.1]],
  [
    "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
    ["a ", 1],
    ["house", 1.5730000000000004],
    [" ", 1.1],
    ["on", 1],
    [" a ", 1.1],
    ["hill", 0.55],
    [", sun, ", 1.1],
    ["sky", 1.4641000000000006],
    [".", 1.1],
  ],
  ["[less]", ["less", 1 / 1.1]],
  ["[[less]", ["less", 1 / 1.1 / 1.1]],
  ["(a:1.3)", ["a", 1.3]],
  ["(a : 1.3 )", ["a ", 1.3]],
  ["(a:-1)", ["a", -1]],
  ["(a:.5)", ["a", 0.5]],
  ["a:1.3)", ["a:1.3)", 1]],
  ["[a:1.3]", ["a:1.3", 1 / 1.1]],
  ["a) b]", ["a) b]", 1]],
  ["()", ["", 1]],
  ["", ["", 1]],
  ["\\", ["", 1]],
  ["\\\\(a)", ["\\", 1], ["a", 1.1]],
  ["a BREAK b", ["a", 1], "BREAK", ["b", 1]],
  ["BREAK", ["", 1], "BREAK", ["", 1]],
  ["OUTBREAK, BREAKS", ["OUTBREAK, BREAKS", 1]],
  ["(a BREAK b:1.2)", ["a", 1.2], "BREAK", ["b", 1.2]],
];

describe("parsePrompt", () => {
  it.each(table)("reads %j", (prompt, ...parts) => {
    const read = parsePrompt(prompt).map((part) =>
      part.kind === "break" ? "BREAK" : [part.text, part.weight],
    );
    expect(read).toEqual(
      parts.map((part) => (part === "BREAK" ? part : [part[0], expect.closeTo(part[1], 12)])),
    );
  });

  it("refuses a weight that is no number", () => {
    for (const prompt of ["(a:1.2.3)", "(a:.)", `(a:${"9".repeat(400)})`]) {
      expect(() => parsePrompt(prompt)).toThrow(expect.objectContaining({ code: "PROMPT_WEIGHT_INVALID" }));
    }
  });

  it("gives escaped text back, at weight 1", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replace(/[\\()[\]]/g, "\\$&");
        fc.pre(!text.includes("BREAK"));
        expect(parsePrompt(escaped)).toEqual([{ kind: "text", text, weight: 1 }]);
      }),
    );
  });
});
