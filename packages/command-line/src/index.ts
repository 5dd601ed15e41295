export { type Console, createConsole, type TextStream } from "./console.js";
export { formatBytes, formatSeconds, formatTable } from "./format.js";
export type { OptionSpec, OptionSpecs, OptionValues } from "./option-specs.js";
export { optionsHelp } from "./options-help.js";
export { type ParsedOptions, parseOptions, readOptions } from "./parse-options.js";
export { type ShowErrorOptions, showError } from "./show-error.js";
export { USAGE, usageError } from "./usage-error.js";
