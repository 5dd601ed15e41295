// The names of textual inversions in prompts, as user interfaces read them:
//   EasyNegative            AUTOMATIC1111 (modules/textual_inversion): the name as a word of its own, in any case
//   embedding:EasyNegative  ComfyUI (comfy/sd1_clip.py): the same, also with a folder before and an ending behind it
// AUTOMATIC1111 compares tokens, so a letter may not touch a letter of the name, while digits and signs may. Unlike there,
// "<hat>," holds the name "<hat>", as in diffusers: CLIP reads ">," as one token.

/** A name in a text. */
export interface FoundWord {
  /** Its place in the list of names. */
  readonly word: number;
  readonly start: number;
  readonly end: number;
  /** True behind "embedding:". */
  readonly isExplicit: boolean;
}

const PREFIX = "(?<![\\p{L}\\p{N}_])embedding:";
const FOLDER = "(?:[^\\s,()[\\]:|<>]*[/\\\\])?";
const ENDING = "(?:\\.(?:safetensors|pt|bin))?";
/** Behind an explicit name: nothing that would make it the beginning of another. */
const EXPLICIT_END = "(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])";
/** A word that begins with "embedding:" and is not known is no place for shorter names. */
const NOT_EXPLICIT = "(?<!embedding:[^\\s,()[\\]:|<>]*)";

/** Returns a function that finds the names in a text: the leftmost, then the longest. Of equal names the first counts. */
export function wordFinder(names: readonly string[]): (text: string) => readonly FoundWord[] {
  const known = new Map(names.map((name, word) => [keyOf(name), word] as const).reverse());
  known.delete("");
  if (known.size === 0) return () => [];
  const longestFirst = [...known.keys()].sort((a, b) => b.length - a.length);
  const spellings = longestFirst.map((name) => escaped(name).replaceAll(" ", "\\s+"));
  const whole = longestFirst.map((name, i) => {
    const begin = /^\p{L}/u.test(name) ? "(?<!\\p{L})" : "";
    const end = /\p{L}$/u.test(name) ? "(?!\\p{L})" : "";
    return `${begin}${spellings[i]}${end}`;
  });
  const pattern = new RegExp(
    `${PREFIX}${FOLDER}(${spellings.join("|")})${ENDING}${EXPLICIT_END}|${NOT_EXPLICIT}(${whole.join("|")})`,
    "giu",
  );
  return (text) =>
    [...text.matchAll(pattern)].flatMap(({ 0: match, 1: explicit, 2: bare, index }) => {
      const word = known.get(keyOf(explicit ?? bare!));
      return word === undefined
        ? []
        : [{ word, start: index, end: index + match.length, isExplicit: explicit !== undefined }];
    });
}

const keyOf = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
