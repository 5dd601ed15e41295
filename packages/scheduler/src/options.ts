// Reading a config: each scheduler class lists its options as a table of fields with defaults.

import { type Field, fields } from "@sunstep/errors";
import { schedulerError } from "./errors.js";
import type { SchedulerConfig } from "./scheduler.js";

/** An option of a config, and its value where a config leaves it out. */
export interface Option<T> extends Field<T> {
  readonly fallback: T;
  /** Name of the flag without which the option has no effect: a value that is not taken is then no error. */
  readonly onlyWith?: string;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type OptionsOf<S extends OptionTable> = {
  readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

/** The same option, which has an effect only where the flag of that name is set. */
export const onlyWith = <T>(flagName: string, of: Option<T>): Option<T> => ({ ...of, onlyWith: flagName });

const option = <T>(fallback: T, field: Field<T>): Option<T> => ({ ...field, fallback });

export const number = (fallback: number) => option(fallback, fields.number());

export const integer = (fallback: number, minimum: number, maximum?: number) =>
  option(fallback, fields.integer(minimum, maximum));

/** True or false. null, Python's None, is read as false, as Python does. */
export const flag = (fallback: boolean): Option<boolean> => ({
  fallback,
  expects: fields.boolean.expects,
  read: (value) => (value === null ? false : fields.boolean.read(value)),
});

/** One of some names. `aliases`: names of another class's option of that name, read as one of this class's. */
export const oneOf = <const T extends string>(
  fallback: T,
  allowed: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Option<T> => {
  const names = fields.oneOf(...allowed);
  const alias = (value: unknown) =>
    Object.hasOwn(aliases, String(value)) ? aliases[String(value)] : undefined;
  return { fallback, expects: names.expects, read: (value) => names.read(value) ?? alias(value) };
};

export const oneOfNumbers = <const T extends number>(fallback: T, allowed: readonly T[]) =>
  option(fallback, fields.oneOf(...allowed));

export const nullable = <T>(field: Field<T>): Option<T | null> => option(null, fields.orNull(field));

export const numbers: Option<readonly number[]> = option([], fields.listOf(fields.number()));

/** An option of diffusers of which only the default is supported here. */
export const only = <T extends boolean | null>(value: T): Option<T> => ({
  fallback: value,
  expects: `${value}: nothing else is supported`,
  read: (given) => (given === value || given === null ? value : undefined),
});

/** `lambda_min_clipped`: minus infinity by default, which JSON cannot hold: null and "-Infinity" are read as that. */
export const lowerBound: Option<number> = {
  fallback: Number.NEGATIVE_INFINITY,
  expects: "a number, or -Infinity",
  read: (value) =>
    value === null || value === "-Infinity" || value === Number.NEGATIVE_INFINITY
      ? Number.NEGATIVE_INFINITY
      : fields.number().read(value),
};

/** Reads the options of `table` out of a config; throws `SCHEDULER_OPTION` with the option's name and value. */
export function readOptions<S extends OptionTable>(
  scheduler: string,
  table: S,
  config: SchedulerConfig,
): OptionsOf<S> {
  const entries = Object.entries(table).map(([name, { fallback, expects, onlyWith: flagName, read }]) => {
    const value = config[name];
    if (value === undefined) return [name, fallback];
    const taken = read(value);
    if (taken !== undefined) return [name, taken];
    const hasEffect = flagName === undefined || (config[flagName] ?? table[flagName]?.fallback) !== false;
    if (hasEffect) throw optionError(scheduler, name, value, `expected ${expects}`);
    return [name, fallback];
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
