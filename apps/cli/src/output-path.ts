import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const prepositions =
  "on|in|at|of|with|without|by|under|over|above|below|behind|beside|near|from|for|to|into|against";
const phraseEnd = new RegExp(`[,.;:!?|\\n]|\\bBREAK\\b|\\s(?:${prepositions})\\s`, "iu");
/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 40;

/** What a picture is of, as a file name: the last word of the prompt's first phrase. "a red apple on a table" is apple. */
export function subjectOf(prompt: string): string {
  // Weights such as (apple:1.3) and <lora:…> are no words.
  const plain = prompt
    .replace(/<[^>]*>/g, " ")
    .replace(/:\s*[-+\d.]+\s*(?=[)\]])/g, "")
    .replace(/[()[\]{}\\"]/g, " ");
  const phrase =
    plain
      .trim()
      .split(phraseEnd)
      .find((part) => /[\p{L}\p{N}]/u.test(part)) ?? "";
  const words = phrase.match(/[\p{L}\p{N}\p{M}]+(?:[-'’_]+[\p{L}\p{N}\p{M}]+)*/gu) ?? [];
  const word = [...(words.at(-1) ?? "").toLowerCase().replace(/['’]/g, "")].slice(0, LONGEST).join("");
  return word === "" || reserved.test(word) ? "image" : word;
}

export interface Output {
  /** As it was asked for: a file, a folder, or nothing. */
  readonly out: string | undefined;
  readonly prompt: string;
  /** Which picture of how many, from 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * Where a picture is written. A file that was named is overwritten, and numbered if there are several pictures;
 * a default name never is one that `isTaken`.
 */
export function outputPath(
  { out, prompt, index, count }: Output,
  isTaken: (path: string) => boolean = existsSync,
): string {
  if (out !== undefined && !isFolder(out)) {
    if (count === 1) return out;
    const ending = extname(out);
    return `${out.slice(0, out.length - ending.length)}-${index + 1}${ending}`;
  }
  const stem = join(out ?? "", subjectOf(prompt));
  for (let number = 1; ; number++) {
    const path = number === 1 ? `${stem}.png` : `${stem}-${number}.png`;
    if (!isTaken(path)) return path;
  }
}

export function isFolder(path: string): boolean {
  if (/[/\\]$/.test(path)) return true;
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
