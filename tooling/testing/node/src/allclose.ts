/** Element-wise closeness, as numpy.allclose: |actual - expected| <= atol + rtol * |expected|. */
export interface AllcloseOptions {
  readonly rtol?: number;
  readonly atol?: number;
}

type Numbers = ArrayLike<number> | ArrayLike<bigint>;

/** Compares every element. A NaN or infinity on one side only, or another length, is a failure. */
export function allclose(
  actual: Numbers,
  expected: Numbers,
  { rtol = 0, atol = 0 }: AllcloseOptions,
): { pass: boolean; message: string } {
  if (actual.length !== expected.length) {
    return { pass: false, message: `length ${actual.length}, expected ${expected.length}` };
  }
  let worst = { index: -1, excess: 0, difference: 0 };
  let wrong = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = Number(actual[i]);
    const e = Number(expected[i]);
    if (Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const difference = Math.abs(a - e);
    const excess = difference - (atol + rtol * Math.abs(e));
    if (excess <= 0) continue;
    wrong++;
    if (Number.isNaN(excess) || worst.index < 0 || excess > worst.excess) {
      worst = { index: i, excess: Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess, difference };
    }
  }
  if (wrong === 0) return { pass: true, message: `all ${expected.length} elements close` };
  const { index, difference } = worst;
  return {
    pass: false,
    message: `${wrong} of ${expected.length} elements differ beyond atol ${atol}, rtol ${rtol}; worst at ${index}: ${actual[index]}, expected ${expected[index]} (difference ${difference})`,
  };
}
