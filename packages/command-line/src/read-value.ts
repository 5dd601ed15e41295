import type { AnyValue, OptionKind } from "./option-specs.js";
import { usageError } from "./usage-error.js";

const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const readers: {
  readonly [K in OptionKind]: { readonly expected: string; read(text: string): AnyValue | undefined };
} = {
  text: { expected: "text", read: (text) => text },
  flag: {
    expected: "true or false",
    read: (text) => (/^(true|false)$/.test(text) ? text === "true" : undefined),
  },
  integer: {
    expected: "a whole number",
    read: (text) => (/^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined),
  },
  number: { expected: "a number", read: (text) => (number.test(text) ? Number(text) : undefined) },
  seed: {
    expected: "a whole number",
    read: (text) => (/^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined),
  },
  duration: {
    expected: "a time such as 90s, 30m or 1.5h",
    read(text) {
      const [, amount, unit = ""] = /^(\d+\.?\d*)([smh])$/.exec(text) ?? [];
      return amount === undefined || Number(amount) === 0 ? undefined : Number(amount) * secondsOf[unit]!;
    },
  },
  bytes: {
    expected: "a size such as 16GB or 800MB",
    read(text) {
      const [, amount, unit = ""] = /^(\d+\.?\d*) ?(b|[kmgt]b)$/i.exec(text) ?? [];
      const bytes = Math.round(
        Number(amount) * 1000 ** ["b", "kb", "mb", "gb", "tb"].indexOf(unit.toLowerCase()),
      );
      return amount === undefined || bytes === 0 ? undefined : bytes;
    },
  },
  offset: {
    expected: "TOP,LEFT such as 0,64",
    read(text) {
      const [, top, left] = /^(\d{1,6}),(\d{1,6})$/.exec(text) ?? [];
      return top === undefined ? undefined : { top: Number(top), left: Number(left) };
    },
  },
  size: {
    expected: "WIDTHxHEIGHT such as 512x768, or one number",
    read(text) {
      const [, width, height = width] = /^(\d{1,6})(?:[x×](\d{1,6}))?$/i.exec(text) ?? [];
      return width === undefined ? undefined : { width: Number(width), height: Number(height) };
    },
  },
};

/** Parses an option's text. @throws USAGE */
export function readValue(name: string, kind: OptionKind, text: string): AnyValue {
  const { expected, read } = readers[kind];
  const value = read(kind === "text" ? text : text.trim());
  if (value === undefined) throw usageError(`${name} ${JSON.stringify(text)}: it must be ${expected}`);
  return value;
}
