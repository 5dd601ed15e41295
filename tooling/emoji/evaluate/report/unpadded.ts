/** Returns a table without the spaces that widen its columns, for comparisons in tests. */
export const unpadded = (table = "") => table.replace(/ {2,}/g, " ");
