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
const STRICT_WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

export interface JsonRules {
  /**
   * The rules of Rust's serde_json: no NaN and no infinities, no numbers beyond a double's range, no lone surrogates in
   * strings, and a number that is not written as an integer is none: it is read as `{ notAnInteger: "1.0" }`.
   */
  readonly strict?: boolean;
  /** Most values in one entry of an object that is read by entries. */
  readonly maxValues?: number;
}

/** Throws `CHECKPOINT_JSON`; `file` and `what` say in its message where the text comes from. */
export function parseJson(text: string, file: string, what = "the file", rules: JsonRules = {}): Json {
  const reader = jsonReader(text, file, what, rules);
  const result = reader.value(0);
  reader.end();
  return result;
}

/**
 * Reads an object entry by entry, so that the caller can stop at a limit, or let other work run between two entries.
 * @throws SunstepError CHECKPOINT_JSON
 */
export function* jsonEntries(
  text: string,
  file: string,
  what = "the file",
  rules: JsonRules = {},
): Generator<readonly [key: string, value: Json]> {
  const reader = jsonReader(text, file, what, rules);
  yield* reader.entries(0);
  reader.end();
}

function jsonReader(text: string, file: string, what: string, { strict, maxValues }: JsonRules) {
  let at = 0;
  let valuesLeft = maxValues ?? Number.POSITIVE_INFINITY;
  const fail = (problem: string): never => {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${file}: ${what} is not valid JSON: ${problem} at character ${at}`,
      { file, at },
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
    let value: string;
    try {
      value = JSON.parse(text.slice(at, end + 1)) as string;
    } catch {
      return fail("bad string");
    }
    if (strict && /\p{Surrogate}/u.test(value)) fail("half of a surrogate pair in a string");
    at = end + 1;
    return value;
  };

  function* entries(depth: number): Generator<readonly [string, Json]> {
    const keys = new Set<string>();
    expect("{");
    if (accept("}")) return;
    do {
      const key = string();
      if (keys.has(key)) fail(`the key ${JSON.stringify(key)} is there twice,`);
      keys.add(key);
      expect(":");
      if (depth === 0) valuesLeft = maxValues ?? Number.POSITIVE_INFINITY;
      yield [key, value(depth + 1)];
    } while (accept(","));
    expect("}");
  }

  const object = (depth: number): JsonObject => {
    const all = Object.create(null) as Record<string, Json>;
    for (const [key, item] of entries(depth)) all[key] = item;
    return all;
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

  const number = (): Json => {
    const found = match(NUMBER);
    if (!found) return fail(at < text.length ? "unexpected character" : "it ends too early,");
    const [literal, fraction, exponent] = found;
    if (literal.length > MAX_DIGITS) fail(`a number of more than ${MAX_DIGITS} digits`);
    const parsed = Number(literal);
    const isInteger = fraction === undefined && exponent === undefined;
    if (strict && (!isInteger || literal === "-0")) {
      if (!Number.isFinite(parsed)) fail(`the number ${literal.slice(0, 20)} is out of range`);
      return { notAnInteger: literal };
    }
    return isInteger && !Number.isSafeInteger(parsed) ? BigInt(literal) : parsed;
  };

  const value = (depth: number): Json => {
    if (depth > MAX_DEPTH) fail(`nested more than ${MAX_DEPTH} deep`);
    if (--valuesLeft < 0) fail(`an entry of more than ${maxValues} values`);
    match(SPACE);
    const next = text[at];
    if (next === "{") return object(depth);
    if (next === "[") return array(depth);
    if (next === '"') return string();
    const word = match(strict ? STRICT_WORD : WORD);
    return word ? WORDS[word[0]]! : number();
  };

  const end = () => {
    match(SPACE);
    if (at < text.length) fail("something follows its end");
  };
  return { value, entries, end };
}

/** Decodes UTF-8. Throws `CHECKPOINT_JSON`. */
export function decodeUtf8(bytes: Uint8Array, file: string, what = "the file"): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw checkpointError("CHECKPOINT_JSON", `${file}: ${what} is not valid UTF-8`, { file });
  }
}

/** Parses UTF-8 bytes that must hold a JSON object. Throws `CHECKPOINT_JSON`. */
export function parseJsonObject(bytes: Uint8Array, file: string, what = "the file"): JsonObject {
  const value = parseJson(decodeUtf8(bytes, file, what), file, what);
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
