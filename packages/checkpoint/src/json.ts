// JSON of untrusted files. Unlike JSON.parse: a key twice is an error, nesting is bounded, objects have no prototype
// (a key "__proto__" is a key like any other), an integer beyond 2^53 is kept as a bigint instead of being rounded, and
// Python's NaN, Infinity and -Infinity are numbers (diffusers writes them into scheduler configs).

import { checkpointError } from "./errors.js";

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

const MAX_DEPTH = 100;
/** Reading a number with millions of digits would take minutes. */
const MAX_DIGITS = 1000;
const WORDS: Readonly<Record<string, Json>> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const SPACE = /[ \t\n\r]*/y;

/** Throws `CHECKPOINT_JSON`; `file` and `what` say in its message where the text comes from. */
export function parseJson(text: string, file: string, what = "the file"): Json {
  let at = 0;
  const fail = (problem: string): never => {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${file}: ${what} is not valid JSON: ${problem} at character ${at}`,
      {
        file,
        at,
      },
    );
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const expect = (character: string) => {
    match(SPACE);
    if (text[at] !== character) fail(at < text.length ? `expected ${character}` : "it ends too early,");
    at++;
  };
  const accept = (character: string): boolean => {
    match(SPACE);
    if (text[at] !== character) return false;
    at++;
    return true;
  };

  const string = (): string => {
    match(SPACE);
    if (text[at] !== '"') fail("expected a string");
    // By hand: on strings of some megabytes a regular expression overflows the stack.
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    if (end >= text.length) fail("a string without end");
    try {
      const value = JSON.parse(text.slice(at, end + 1)) as string;
      at = end + 1;
      return value;
    } catch {
      return fail("bad string");
    }
  };

  const object = (depth: number): JsonObject => {
    const entries = Object.create(null) as Record<string, Json>;
    expect("{");
    if (accept("}")) return entries;
    do {
      const key = string();
      if (key in entries) fail(`the key ${JSON.stringify(key)} is there twice,`);
      expect(":");
      entries[key] = value(depth + 1);
    } while (accept(","));
    expect("}");
    return entries;
  };

  const array = (depth: number): Json[] => {
    const items: Json[] = [];
    expect("[");
    if (accept("]")) return items;
    do items.push(value(depth + 1));
    while (accept(","));
    expect("]");
    return items;
  };

  const value = (depth: number): Json => {
    if (depth > MAX_DEPTH) fail(`nested more than ${MAX_DEPTH} deep`);
    match(SPACE);
    const next = text[at];
    if (next === "{") return object(depth);
    if (next === "[") return array(depth);
    if (next === '"') return string();
    const word = match(WORD);
    if (word) return WORDS[word[0]]!;
    const number = match(NUMBER);
    if (!number) return fail(at < text.length ? "unexpected character" : "it ends too early,");
    if (number[0].length > MAX_DIGITS) fail(`a number of more than ${MAX_DIGITS} digits`);
    const parsed = Number(number[0]);
    const isInteger = number[1] === undefined && number[2] === undefined;
    return isInteger && !Number.isSafeInteger(parsed) ? BigInt(number[0]) : parsed;
  };

  const result = value(0);
  match(SPACE);
  if (at < text.length) fail("something follows its end");
  return result;
}

/** Parses UTF-8 bytes that must hold a JSON object. Throws `CHECKPOINT_JSON`. */
export function parseJsonObject(bytes: Uint8Array, file: string, what = "the file"): JsonObject {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw checkpointError("CHECKPOINT_JSON", `${file}: ${what} is not valid UTF-8`, { file });
  }
  const value = parseJson(text, file, what);
  if (!isJsonObject(value)) {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${file}: ${what} must be a JSON object, is ${describeJson(value)}`,
      {
        file,
      },
    );
  }
  return value;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A short text of a value, for messages. */
export function describeJson(value: Json | undefined): string {
  if (value === undefined) return "missing";
  const text =
    typeof value === "bigint" || typeof value === "number"
      ? String(value)
      : JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
