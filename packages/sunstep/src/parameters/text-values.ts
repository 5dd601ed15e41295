// Values of settings in the text that images carry.

/** Reads a finite number; undefined for anything else. */
export function finite(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** An object without the properties whose value is undefined. */
type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out properties whose value is undefined. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
