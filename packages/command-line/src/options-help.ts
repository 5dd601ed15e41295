import { formatTable } from "./format.js";
import type { OptionSpec, OptionSpecs } from "./option-specs.js";

/** Returns the lines of a help text that list the options. */
export function optionsHelp(options: OptionSpecs): string[] {
  return formatTable(
    Object.entries<OptionSpec>(options).map(([name, { short, value, about }]) => [
      `  ${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
      about,
    ]),
  );
}
