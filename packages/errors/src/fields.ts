// Readers of single values of untrusted data (configs, recipes, options of a call). Each package turns a value that a
// field does not take into an error of its own code, with `expects` in the message.

export interface Field<T> {
  /** Names the values that are taken: "an integer from 1 to 8". */
  readonly expects: string;
  /** Returns the value as it is used, or undefined for a value that is not taken. */
  read(value: unknown): T | undefined;
}

/** A field that takes the values for which `holds` is true, as they are. */
export function field<T>(expects: string, holds: (value: unknown) => value is T): Field<T> {
  return { expects, read: (value) => (holds(value) ? value : undefined) };
}

/** A field that takes those values of another for which `holds` is true. */
export function where<T>(expects: string, { read }: Field<T>, holds: (value: T) => boolean): Field<T> {
  return {
    expects,
    read(value) {
      const taken = read(value);
      return taken !== undefined && holds(taken) ? taken : undefined;
    },
  };
}

/** A finite number within both bounds. */
export function number(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Field<number> {
  return field(
    `a ${Number.isFinite(from) || Number.isFinite(to) ? "" : "finite "}number${range(from, to)}`,
    (value): value is number => Number.isFinite(value) && Number(value) >= from && Number(value) <= to,
  );
}

/** A safe integer within both bounds. */
export function integer(from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER): Field<number> {
  return field(
    `an integer${range(from, to)}`,
    (value): value is number => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
  );
}

function range(from: number, to: number): string {
  const hasStart = from > Number.MIN_SAFE_INTEGER;
  const hasEnd = to < Number.MAX_SAFE_INTEGER;
  if (hasStart && hasEnd) return ` from ${from} to ${to}`;
  if (hasStart) return ` of at least ${from}`;
  return hasEnd ? ` of at most ${to}` : "";
}

export const boolean: Field<boolean> = field(
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);

export const text: Field<string> = field("a string", (value): value is string => typeof value === "string");

export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Field<T> {
  const names = values.join(", ");
  return field(values.length > 1 ? `one of ${names}` : names, (value): value is T =>
    (values as readonly unknown[]).includes(value),
  );
}

export function orNull<T>({ expects, read }: Field<T>): Field<T | null> {
  return { expects: `${expects}, or null`, read: (value) => (value === null ? null : read(value)) };
}

/** A list of `from` to `to` items. */
export function listOf<T>(item: Field<T>, from = 0, to = Number.MAX_SAFE_INTEGER): Field<readonly T[]> {
  return {
    expects: `a list${to < Number.MAX_SAFE_INTEGER ? ` of ${from} to ${to} items` : ""}, each ${item.expects}`,
    read(value) {
      if (!Array.isArray(value) || value.length < from || value.length > to) return undefined;
      const items = value.map((each) => item.read(each));
      return items.includes(undefined) ? undefined : (items as T[]);
    },
  };
}

/** One item, or a list of 1 to `to` of them. */
export function oneOrList<T>(item: Field<T>, to: number): Field<T | readonly T[]> {
  const list = listOf(item, 1, to);
  return {
    expects: `${item.expects}, or a list of them`,
    read: (value) => item.read(value) ?? list.read(value),
  };
}

/** Any value but undefined: for fields that are read only to see whether they have their usual value. */
export const anything: Field<unknown> = field("a value", (value): value is unknown => value !== undefined);
