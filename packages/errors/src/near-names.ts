/** Returns the known names that are most like `name`, the most alike first. */
export function nearNames(name: string, known: readonly string[], count = 5): readonly string[] {
  const wanted = name.toLowerCase();
  const distances = known.map((one) => ({ one, distance: distanceOf(wanted, one.toLowerCase()) }));
  return distances
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ one }) => one);
}

/** 0 where one name is part of the other, else the edit distance (Levenshtein 1966). */
function distanceOf(a: string, b: string): number {
  if (a !== "" && (b.includes(a) || a.includes(b))) return 0;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (b[j] === char ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
