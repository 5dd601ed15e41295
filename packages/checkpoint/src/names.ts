const MOST_NAMES = 5;

/** Lists names for a message: the first few, and the number of others. */
export function listNames(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
