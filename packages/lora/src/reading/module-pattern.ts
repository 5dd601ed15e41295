import { loraError } from "../errors.js";

/** Most repetitions (`*`, `+`) in a pattern: time grows with their number as the exponent. */
const MAX_REPETITIONS = 3;
const MAX_LENGTH = 200;
/** Literals, classes, anchors, alternatives and groups; no repetition of a group and no look-around. */
const ALLOWED = /^(?:[\w\-/ ]|\\[.\wd]|\[[\w\-^\\.]+\]|\.|[*+?](?![*+?{])|[|()^$](?![*+?{]))*$/;

/**
 * Compiles a key of PEFT's `alpha_pattern` or `rank_pattern`, which matches the end of a module's path from a dot on (peft/utils/other.py,
 * get_pattern_key). It is a regular expression of an untrusted file, so forms that may take exponential time are
 * rejected.
 * @throws SunstepError LORA_CONFIG
 */
export function compileModulePattern(pattern: string, where: string): (module: string) => boolean {
  const repetitions = pattern.replace(/\\./g, "").match(/[*+]/g)?.length ?? 0;
  const allowed = pattern.length <= MAX_LENGTH && repetitions <= MAX_REPETITIONS && ALLOWED.test(pattern);
  try {
    if (allowed && !pattern.includes("(?")) {
      const expression = new RegExp(`^(?:.*\\.)?(?:${pattern})$`);
      return (module) => expression.test(module);
    }
  } catch {
    // Reported below.
  }
  throw loraError(
    "LORA_CONFIG",
    `${where}: ${JSON.stringify(pattern.slice(0, MAX_LENGTH))} is not a pattern of module names that can ` +
      "be matched safely. List the modules by name",
    { file: where, pattern },
  );
}
