/** Sum of coefficient times array, element by element: in float64, rounded once to float32. */
export function combine(
  ...terms: readonly (readonly [coefficient: number, values: Float32Array])[]
): Float32Array {
  // A coefficient of 0 drops its array, so that 0 times an infinity of an unused term cannot spoil the sum.
  const used = terms.filter(([coefficient]) => coefficient !== 0);
  const result = new Float32Array(terms[0]![1].length);
  const [first, second, third] = used;
  if (!first) return result;
  for (let i = 0; i < result.length; i++) {
    let sum = first[0] * first[1][i]!;
    if (second) sum += second[0] * second[1][i]!;
    if (third) sum += third[0] * third[1][i]!;
    for (let k = 3; k < used.length; k++) sum += used[k]![0] * used[k]![1][i]!;
    result[i] = sum;
  }
  return result;
}
