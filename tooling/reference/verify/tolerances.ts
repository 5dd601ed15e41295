// Compares groups of tensors with stored ones: each tensor by its largest element, and all together by their norm.
import type { Tensor } from "@sunstep/tensor";
import { allclose, type GoldenTensor } from "@sunstep/testing";

export interface Tolerance {
  /** Relative to the largest element of a tensor. */
  readonly rel_to_tensor_max: number;
  /** Relative to the norm of all tensors together. */
  readonly rel_l2: number;
  readonly max_abs?: number;
  /** Relative to the mean over all elements of all tensors. */
  readonly mean_abs?: number;
}

export type Comparison = readonly [name: string, actual: Tensor, expected: GoldenTensor];

/** Lists the tensors of a group that are too far from the stored ones. Integers must be equal. */
export function compareGroup(group: readonly Comparison[], tolerance: Tolerance): void {
  let [distance, length, sum, count] = [0, 0, 0, 0];
  for (const [name, actual, { data, shape, dtype }] of group) {
    if (actual.shape.join() !== shape.join())
      throw new Error(`${name} has shape [${actual.shape}], expected [${shape}]`);
    const values = Array.from(data, Number);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const relative = tolerance.rel_to_tensor_max * largest;
    const atol = dtype.startsWith("F") ? Math.min(relative, tolerance.max_abs ?? relative) : 0;
    const { pass, message } = allclose(actual.data, values, { atol });
    if (!pass) throw new Error(`${name}: ${message}`);
    values.forEach((value, i) => {
      const difference = Number(actual.data[i]) - value;
      distance += difference ** 2;
      length += value ** 2;
      sum += Math.abs(difference);
      count += 1;
    });
  }
  const names = group.map(([name]) => name).join(", ");
  if (Math.sqrt(distance) > tolerance.rel_l2 * Math.sqrt(length)) {
    const ratio = Math.sqrt(distance / length).toExponential(1);
    throw new Error(`${names}: relative L2 distance ${ratio}, beyond ${tolerance.rel_l2}`);
  }
  if (tolerance.mean_abs !== undefined && sum > tolerance.mean_abs * count) {
    throw new Error(
      `${names}: mean distance ${(sum / count).toExponential(1)}, beyond ${tolerance.mean_abs}`,
    );
  }
}
