// Configs are untrusted input: each field is checked for type and size before a network is built from it.

import type { Field } from "@sunstep/errors";
import { checkpointError } from "../errors.js";
import { describeJson, isJsonObject, type Json, type JsonObject } from "../json.js";

/** Most resolutions of a U-Net or VAE, and most layers of each. */
export const MAX_BLOCKS = 8;
export const MAX_LAYERS = 16;

/** A field, and its value where a config leaves it out. Without a value the field must be there. */
interface FieldRule<T> {
  readonly field: Field<T>;
  readonly missing?: T;
  /** Where only one value is supported so far: the config is valid, but asks for something else. */
  readonly only?: T;
}

export type ConfigRules<C> = { readonly [K in keyof C]-?: FieldRule<C[K]> };

/**
 * Checks a config against its rules and fills in what it leaves out; fields without a rule are kept as they are.
 * @throws SunstepError CHECKPOINT_CONFIG naming the field, CHECKPOINT_UNSUPPORTED for what the networks lack
 */
export function checkConfig<C>(config: JsonObject, rules: ConfigRules<C>, file: string): C {
  const checked: Record<string, unknown> = { ...config };
  for (const key of Object.keys(rules) as (keyof C & string)[]) {
    const { field, missing, only } = rules[key];
    const value = Object.hasOwn(config, key) ? config[key] : undefined;
    if (value === undefined && missing !== undefined) {
      checked[key] = missing;
      continue;
    }
    const read = field.read(value);
    if (read === undefined) {
      throw checkpointError(
        "CHECKPOINT_CONFIG",
        `${file}: ${key} must be ${field.expects}, is ${describeJson(value)}`,
        { file, field: key },
      );
    }
    if (only !== undefined && read !== only) {
      throw checkpointError(
        "CHECKPOINT_UNSUPPORTED",
        `${file}: ${key} ${describeJson(value)} is not supported yet, only ${describeJson(only as Json)} is`,
        { file, field: key },
      );
    }
    checked[key] = read;
  }
  return checked as C;
}

/** Refuses a config whose lists do not have one entry per block. */
export function checkLengths(
  config: Readonly<Record<string, unknown>>,
  reference: string,
  others: readonly string[],
  file: string,
): void {
  const length = (config[reference] as readonly unknown[]).length;
  for (const key of others) {
    const list = config[key];
    if (!Array.isArray(list) || list.length === length) continue;
    throw checkpointError(
      "CHECKPOINT_CONFIG",
      `${file}: ${key} has ${list.length} entries, ${reference} has ${length}`,
      { file, field: key },
    );
  }
}

/** Refuses sizes that cannot be split evenly: channels into heads or norm groups. */
export function checkDivides(
  divisor: number,
  sizes: readonly number[],
  fields: readonly [divisor: string, sizes: string],
  file: string,
): void {
  const odd = sizes.find((size) => size % divisor !== 0);
  if (odd === undefined) return;
  throw checkpointError(
    "CHECKPOINT_CONFIG",
    `${file}: ${fields[0]} ${divisor} does not divide ${fields[1]} ${odd}`,
    { file, field: fields[0] },
  );
}

/** The class that a config says it is for, if it says one. */
export function checkClass(config: JsonObject, key: string, classes: readonly string[], file: string): void {
  const value = config[key];
  if (value === undefined) return;
  const names = Array.isArray(value) ? value : [value];
  if (names.some((name) => classes.includes(String(name)))) return;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: ${key} ${describeJson(value)} is not supported, only ${classes.join(", ")}`,
    { file, field: key },
  );
}

/** transformers wraps a text encoder's config where a file holds text and image encoders. */
export function unwrapTextConfig(config: JsonObject): JsonObject {
  return isJsonObject(config.text_config) ? config.text_config : config;
}
