import type { Attribute, Attributes, Initializer, Integer } from "./model.js";

export const int = (value: Integer): Attribute => ({ type: "int", value });
export const float = (value: number): Attribute => ({ type: "float", value });
export const string = (value: string): Attribute => ({ type: "string", value });
export const ints = (value: readonly Integer[]): Attribute => ({ type: "ints", value });
export const floats = (value: readonly number[]): Attribute => ({ type: "floats", value });
export const tensorAttribute = (value: Initializer): Attribute => ({ type: "tensor", value });

/** Returns a numeric attribute, or `fallback` (the operator's default) where it is not set. */
export function numberAttribute(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.type === "int" || attribute?.type === "float" ? Number(attribute.value) : fallback;
}

export function intsAttribute(attributes: Attributes, name: string): readonly number[] | undefined {
  const attribute = attributes[name];
  return attribute?.type === "ints" ? attribute.value.map(Number) : undefined;
}

export function stringAttribute(attributes: Attributes, name: string, fallback: string): string {
  const attribute = attributes[name];
  return attribute?.type === "string" ? attribute.value : fallback;
}
