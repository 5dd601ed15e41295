// Reading a config: each scheduler class lists its options as a table of readers with defaults.

import { schedulerError } from "./errors.js";
import type { SchedulerConfig } from "./scheduler.js";

/** How one option is read. `parse` gives undefined for a value that is not taken. */
export interface Option<T> {
  readonly fallback: T;
  readonly expects: string;
  parse(value: unknown): T | undefined;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type OptionsOf<S extends OptionTable> = {
  readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

export const number = (fallback: number): Option<number> => ({
  fallback,
  expects: "a number",
  parse: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
});

export const integer = (
  fallback: number,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): Option<number> => ({
  fallback,
  expects: `an integer of at least ${minimum}${maximum < Number.MAX_SAFE_INTEGER ? ` and at most ${maximum}` : ""}`,
  parse: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum
      ? value
      : undefined,
});

/** Python's None is as good as False. */
export const flag = (fallback: boolean): Option<boolean> => ({
  fallback,
  expects: "true or false",
  parse: (value) => (typeof value === "boolean" ? value : value === null ? false : undefined),
});

/** One of some names. `aliases`: names of another class's option of that name, read as one of this class's. */
export const oneOf = <const T extends string>(
  fallback: T,
  allowed: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Option<T> => ({
  fallback,
  expects: allowed.map((name) => `"${name}"`).join(", "),
  parse: (value) =>
    allowed.find((name) => name === value) ??
    (Object.hasOwn(aliases, String(value)) ? aliases[String(value)] : undefined),
});

export const oneOfNumbers = <const T extends number>(fallback: T, allowed: readonly T[]): Option<T> => ({
  fallback,
  expects: allowed.join(", "),
  parse: (value) => allowed.find((item) => item === value),
});

export const nullable = <T>(option: Option<T>): Option<T | null> => ({
  fallback: null,
  expects: `${option.expects}, or null`,
  parse: (value) => (value === null ? null : option.parse(value)),
});

export const numbers: Option<readonly number[]> = {
  fallback: [],
  expects: "a list of numbers",
  parse: (value) =>
    Array.isArray(value) && value.every((item) => Number.isFinite(item)) ? value : undefined,
};

/** An option of diffusers of which only the default is supported here. */
export const only = <T extends boolean | null>(value: T): Option<T> => ({
  fallback: value,
  expects: `${value}: nothing else is supported`,
  parse: (given) => (given === value || given === null ? value : undefined),
});

/** `lambda_min_clipped`: minus infinity by default, which JSON cannot hold: null and "-Infinity" are read as that. */
export const lowerBound: Option<number> = {
  fallback: Number.NEGATIVE_INFINITY,
  expects: "a number, or -Infinity",
  parse: (value) =>
    value === null || value === "-Infinity"
      ? Number.NEGATIVE_INFINITY
      : typeof value === "number" && !Number.isNaN(value)
        ? value
        : undefined,
};

/** Reads the options of `table` out of a config; throws `SCHEDULER_OPTION` with the option's name and value. */
export function readOptions<S extends OptionTable>(
  scheduler: string,
  table: S,
  config: SchedulerConfig,
): OptionsOf<S> {
  const entries = Object.entries(table).map(([name, option]) => {
    const value = config[name];
    if (value === undefined) return [name, option.fallback];
    const parsed = option.parse(value);
    if (parsed === undefined) throw optionError(scheduler, name, value, `expected ${option.expects}`);
    return [name, parsed];
  });
  return Object.fromEntries(entries) as OptionsOf<S>;
}

/** `SCHEDULER_OPTION` for a value that is wrong, or wrong together with others. */
export function optionError(scheduler: string, option: string, value: unknown, why: string) {
  return schedulerError("SCHEDULER_OPTION", `${scheduler}: ${option} is ${JSON.stringify(value)}, ${why}`, {
    scheduler,
    option,
    value,
  });
}
