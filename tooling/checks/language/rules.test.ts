import { expect, it } from "vitest";
import { findings } from "./rules.js";

const script = `// What it does is told here.
/**
 * Returns 2; of a line in the middle nothing is said.
 * Whose line this is.
 */
export const two = 2; // Which is even
const text = "What // Of no comment";
`;

it("finds comment lines of scripts that hide their subject, and no strings", () => {
  const { hiddenSubjects, commentLines } = findings("a.ts", script);
  expect(hiddenSubjects).toEqual([
    { line: 1, text: "What it does is told here." },
    { line: 4, text: "Whose line this is." },
    { line: 6, text: "Which is even" },
  ]);
  expect(commentLines).toBe(4);
});

it("counts docstrings of Python as comments", () => {
  const source = '"""Whether it works.\n\n    Of two lines."""\nx = "Whoever"  # Whoever reads this\n';
  expect(findings("a.py", source).hiddenSubjects.map(({ line }) => line)).toEqual([1, 3, 4]);
});

it.each([
  ["a comment", "a.ts", "/** Draws a picture. */"],
  ["a string", "a.ts", 'throw new Error("the picture is too large");'],
  ["a template", "a.ts", "`two\npictures`;"],
  ["a name", "a.ts", "export function readPicture() {}"],
  ["a text of JSX", "a.tsx", "<b>Save the picture</b>;"],
  ["a docstring", "a.py", '"""A picture."""'],
  ["a document", "a.md", "It draws a picture."],
])('finds "picture" in %s', (_, name, source) => {
  expect(findings(name, source).pictures).toHaveLength(1);
});

it("finds nothing in good prose", () => {
  const source = "/** Returns the image. */\nexport const image = 1;\n";
  expect(findings("a.ts", source)).toEqual({ commentLines: 1, hiddenSubjects: [], pictures: [] });
});
