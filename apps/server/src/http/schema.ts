// The fields of requests: each may be left out or null, which both mean its default, as clients send them.

import { Type } from "typebox";

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

export const orNull = <T>(type: string | string[], rest: object = {}) =>
  Type.Optional(Type.Unsafe<T | null>({ type: [type, "null"].flat(), ...rest }));

export const text = (description: string, maxLength = 100_000) =>
  orNull<string>("string", { description, maxLength });
export const integer = (description: string, range: Range = {}) =>
  orNull<number>("integer", { description, ...range });
export const number = (description: string, range: Range = {}) =>
  orNull<number>("number", { description, ...range });
export const flag = (description: string) => orNull<boolean>("boolean", { description });
export const texts = (description: string, maxItems: number) =>
  orNull<string[]>("array", { description, maxItems, items: { type: "string" } });
export const object = (description: string) =>
  orNull<Record<string, unknown>>("object", { description, additionalProperties: true });
export const anything = (description: string) => Type.Optional(Type.Unsafe<unknown>({ description }));
export const choice = <const T extends string>(description: string, ...values: readonly T[]) =>
  orNull<T>("string", { description, enum: [...values, null] });

/** Returns the fields that are neither left out nor null. */
export function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}
