import { TorchGenerator } from "@sunstep/tensor";

/** A measured value and its 95% confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly ci: readonly [number, number];
}

/** Mean of the chosen values. */
export const meanOf = (values: readonly number[], indices: readonly number[]): number =>
  indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;

/** Normal quantile of a two-sided 95% interval. */
const Z = 1.96;

/**
 * Returns confidence intervals by resampling prompts: the value of the whole sample, plus and minus 1.96 standard deviations
 * of the resamples' values. (Their quantiles would be off centre: duplicates raise Fréchet distances.) All values of
 * `statistic` come from the same resample, so that ratios and differences of sets over the same prompts are paired.
 */
export function bootstrap<T extends Readonly<Record<string, number>>>(
  count: number,
  statistic: (indices: readonly number[]) => T,
  { resamples = 400, seed = 0 }: { readonly resamples?: number; readonly seed?: number } = {},
): { readonly [K in keyof T]: Estimate } {
  const random = new TorchGenerator(seed);
  const whole = statistic(Array.from({ length: count }, (_, index) => index));
  const values = Array.from({ length: resamples }, () =>
    statistic(Array.from(random.randFloat64(count), (uniform) => Math.floor(uniform * count))),
  );
  const estimate = (name: keyof T): Estimate => {
    const spread = Z * standardDeviation(values.map((value) => value[name]!));
    return { value: whole[name]!, ci: [whole[name]! - spread, whole[name]! + spread] };
  };
  return Object.fromEntries(Object.keys(whole).map((name) => [name, estimate(name)])) as {
    [K in keyof T]: Estimate;
  };
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
