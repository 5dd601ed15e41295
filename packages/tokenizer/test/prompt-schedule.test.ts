import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composedPrompts, promptSchedule, scheduledText } from "../src/index.js";

interface Cases {
  readonly steps: number;
  /** Entries of the same text as the next are left out. */
  readonly schedules: readonly [prompt: string, entries: readonly [end: number, text: string][]][];
  readonly compositions: readonly [prompt: string, parts: readonly [text: string, weight: number][]][];
}
const { steps, schedules, compositions } = JSON.parse(
  readFileSync(new URL("prompt-cases.json", import.meta.url), "utf8"),
) as Cases;

describe("promptSchedule", () => {
  it.each(schedules)("reads %j as AUTOMATIC1111 does", (prompt, expected) => {
    const { entries } = promptSchedule(prompt, steps);
    const kept = entries.filter(({ text }, i) => entries[i + 1]?.text !== text);
    expect(kept.map(({ end, text }) => [end, text])).toEqual(expected);
  });

  it("tells which pieces it read as changes", () => {
    expect(promptSchedule("[a:[b|c]:3] [d] [e:f]", 10).applied).toEqual(["[b|c]", "[a:[b|c]:3]"]);
    expect(promptSchedule("a | [b:c:3]", 10).applied).toEqual([]);
  });

  it("gives the first two evaluations the text of step 1", () => {
    const alternating = promptSchedule("[a|b]", 4);
    expect([0, 1, 2, 3].map((k) => scheduledText(alternating, k))).toEqual(["a", "a", "b", "a"]);
    const changing = promptSchedule("[a:b:0.5]", 4);
    expect([0, 1, 2, 3].map((k) => scheduledText(changing, k))).toEqual(["a", "a", "a", "b"]);
  });

  it("takes any text, in time in proportion to its length", () => {
    fc.assert(fc.property(fc.string(), (text) => promptSchedule(text, 3).entries.at(-1)!.end === 3));
    for (const piece of ["[", "[a:", "[a|", "([", "[a:b:3]", "[a|b]", "]", "\\"])
      promptSchedule(piece.repeat(10_000), 3);
  });
});

describe("composedPrompts", () => {
  it.each(compositions)("reads %j as AUTOMATIC1111 does", (prompt, expected) => {
    expect(composedPrompts(prompt).map(({ text, weight }) => [text, weight])).toEqual(expected);
  });

  it("takes any text, in time in proportion to its length", () => {
    for (const piece of [" ", ":1", "AND ", ": ", "1"]) composedPrompts(piece.repeat(10_000));
  });
});
