/** Solves `matrix` x = `right`, small and dense, by Gaussian elimination with partial pivoting. Returns x. */
export function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (const column of rows.keys()) {
    const rest = rows.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + rest.indexOf(Math.max(...rest));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]!;
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = row[column]! / lead[column]!;
      for (let k = column; k < row.length; k++) row[k]! -= factor * lead[k]!;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}
