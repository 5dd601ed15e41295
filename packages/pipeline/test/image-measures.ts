import type { RgbImage } from "@sunstep/image";

export function pixel({ width, channels, data }: RgbImage, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * channels;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

/** Mean excess of red over the other channels. */
export function redness({ data }: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += data[i]! - (data[i + 1]! + data[i + 2]!) / 2;
  return (3 * sum) / data.length;
}

/** Mean absolute difference of two images, of 255. */
export function difference(a: RgbImage, b: RgbImage): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  return (
    covariance /
    Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)))
  );
}
