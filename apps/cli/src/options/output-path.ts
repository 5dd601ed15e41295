import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const prepositions =
  "on|in|at|of|with|without|by|under|over|above|below|behind|beside|near|from|for|to|into|against";
const phraseEnd = new RegExp(`[,.;:!?|\\n]|\\bBREAK\\b|\\s(?:${prepositions})\\s`, "iu");
/** Device names that Windows reserves. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 40;

/** Names a file after the subject of a prompt, the last word of its first phrase: "a red apple on a table" gives apple. */
export function subjectOf(prompt: string): string {
  // Weights such as (apple:1.3) and tags such as <lora:…> are not words.
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
  /** The requested file or folder, if any. */
  readonly out: string | undefined;
  readonly prompt: string;
  /** Index of the image among `count`, from 0. */
  readonly index: number;
  readonly count: number;
}

/**
 * Returns the path to write an image to. A requested file is overwritten, and numbered if there are several images; a
 * default name is never one that `isTaken`.
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
