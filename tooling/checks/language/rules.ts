import { type Line, readProse } from "./read-prose.js";

/** Findings in one file. */
export interface Findings {
  readonly commentLines: number;
  /** Comment lines that begin with a relative clause or a fragment: the subject of the sentence is hidden. */
  readonly hiddenSubjects: readonly Line[];
  /** Lines that say "picture"; the word of the field is "image". */
  readonly pictures: readonly Line[];
}

/** Files of the published reference set keep their names. */
const fixtureName = /picture_\w+\.png/g;

export function findings(name: string, source: string): Findings {
  const { comments, words } = readProse(name, source);
  return {
    commentLines: comments.length,
    hiddenSubjects: comments.filter(({ text }) => /^(What|Which|Whose|Whoever|Of|Whether)\b/.test(text)),
    pictures: onePerLine(
      [...comments, ...words].filter(({ text }) => /picture/i.test(text.replaceAll(fixtureName, ""))),
    ),
  };
}

const onePerLine = (lines: readonly Line[]) =>
  [...new Map(lines.map((line) => [line.line, line])).values()].sort((a, b) => a.line - b.line);
