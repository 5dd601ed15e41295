import { type ParseArgsConfig, parseArgs } from "node:util";
import type { AnyValue, OptionSpec, OptionSpecs, OptionValues } from "./option-specs.js";
import { readValue } from "./read-value.js";
import { usageError } from "./usage-error.js";

export interface ParsedOptions<Specs extends OptionSpecs> {
  readonly values: OptionValues<Specs>;
  /** The arguments that are not options. */
  readonly positionals: readonly string[];
}

/** Reads the arguments of a command. @throws USAGE */
export function parseOptions<Specs extends OptionSpecs>(
  specs: Specs,
  args: readonly string[],
): ParsedOptions<Specs> {
  const options: ParseArgsConfig["options"] = Object.fromEntries(
    Object.entries<OptionSpec>(specs).map(([name, { kind, many = false, short }]) => [
      name,
      {
        type: kind === "flag" ? ("boolean" as const) : ("string" as const),
        multiple: many,
        ...(short && { short }),
      },
    ]),
  );
  const { values, positionals } = parse({
    args: joinNegativeNumbers(specs, args),
    options,
    allowPositionals: true,
  });
  const read = Object.entries(values).map(([name, value]) => {
    const { kind } = specs[name]!;
    const one = (part: string | boolean) =>
      typeof part === "boolean" ? part : readValue(`--${name}`, kind, part);
    return [name, Array.isArray(value) ? value.map(one) : one(value!)] as const;
  });
  return { values: Object.fromEntries(read) as OptionValues<Specs>, positionals };
}

/** Joins an option and a negative number: Node's parser takes the "-1" of "--seed -1" for an option. */
function joinNegativeNumbers(specs: OptionSpecs, args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1);
    const [name, spec] =
      Object.entries(specs).find(([name, { short }]) => option === `--${name}` || option === `-${short}`) ??
      [];
    if (spec && spec.kind !== "flag" && /^-\.?\d/.test(arg)) joined.splice(-1, 1, `--${name}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function parse<T extends ParseArgsConfig>(config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's messages name the option and suggest a fix; the first line is enough.
    throw usageError(error instanceof Error ? error.message.split("\n")[0]! : String(error));
  }
}

/** Reads the options in one JSON object of a prompts file, under the same names. @throws USAGE */
export function readOptions<Specs extends OptionSpecs>(
  specs: Specs,
  json: Readonly<Record<string, unknown>>,
): OptionValues<Specs> {
  const values: Record<string, AnyValue | AnyValue[]> = {};
  for (const [name, value] of Object.entries(json)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec)
      throw usageError(
        `"${name}" is not an option of a line; the options are ${Object.keys(specs).join(", ")}`,
      );
    values[name] =
      spec.many && Array.isArray(value)
        ? value.map((part) => scalar(name, spec, part))
        : scalar(name, spec, value);
  }
  return values as OptionValues<Specs>;
}

function scalar(name: string, { kind }: OptionSpec, value: unknown): AnyValue {
  const text = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!text || (kind === "text" && typeof value !== "string")) {
    throw usageError(`"${name}": ${JSON.stringify(value)} is not a valid value`);
  }
  return readValue(`"${name}"`, kind, String(value));
}
