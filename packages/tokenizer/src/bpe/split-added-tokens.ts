import type { AddedToken } from "./special-tokens.js";

/** A stretch of text, or the id of an added token that stood in it. */
export type TextOrToken = string | number;

/**
 * Finds added tokens in a text as it was given: the leftmost, then the longest. `lstrip` and `rstrip` tokens swallow
 * the white space at that side.
 */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: string) => TextOrToken[] {
  if (tokens.length === 0) return (text) => [text];
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const longestFirst = [...byContent.values()].sort((a, b) => b.content.length - a.content.length);
  const pattern = new RegExp(
    longestFirst.map(({ content }) => `(?:${content.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")})`).join("|"),
    "gu",
  );
  return (text) => {
    const parts: TextOrToken[] = [];
    let from = 0;
    let trimNext = false;
    const addText = (end: number, trimEnd: boolean) => {
      let part = text.slice(from, end);
      if (trimNext) part = part.trimStart();
      if (trimEnd) part = part.trimEnd();
      if (part !== "") parts.push(part);
    };
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0])!;
      addText(match.index, token.lstrip);
      parts.push(token.id);
      from = match.index + match[0].length;
      trimNext = token.rstrip;
    }
    addText(text.length, false);
    return parts;
  };
}
