import { type Tensor, tensor } from "@sunstep/tensor";
import { type Planes, patchwork } from "./planes.js";
import type { TilePlan } from "./tile-plan.js";

/** Mean and variance of each group of each group normalization, as `giveNorms` takes them. */
export type NormStatistics = Readonly<Record<"means" | "variances", Tensor<"float32">>>;

/** Samples whose statistics are averaged: more make no difference, even where they cover the whole image. */
const SAMPLES = 4;

/**
 * Estimates statistics of a whole image from samples of a tile's size, each a patchwork of patches from everywhere: a tile
 * of plain sky is then normalized as the image that it is part of.
 */
export async function estimateNorms(
  source: Planes,
  { area, rows, columns, radius }: TilePlan,
  measure: (sample: Planes) => Promise<NormStatistics>,
): Promise<NormStatistics> {
  const scale = source.height / area.height;
  const size = { height: rows.tile * scale, width: columns.tile * scale };
  const patch = scale * patchSide(Math.min(rows.tile, columns.tile), radius);
  const tiles = (area.height * area.width) / (rows.tile * columns.tile);
  const count = Math.min(SAMPLES, Math.ceil(tiles));
  const measured: NormStatistics[] = [];
  for (let i = 0; i < count; i++)
    measured.push(await measure(patchwork(source, size, patch, (i + 0.5) / count)));
  return pooled(measured);
}

/** Seams disturb `radius` latents on either side, so patches are larger; a sample has at least nine of them. */
function patchSide(tile: number, radius: number): number {
  return Math.max(1, Math.min(4 * radius, Math.floor(tile / 3)));
}

/** Statistics of all samples together: the variance of the whole includes how far the samples' means lie apart. */
function pooled(measured: readonly NormStatistics[]): NormStatistics {
  const average = (numberOf: (statistics: NormStatistics, i: number) => number) =>
    Float32Array.from(
      measured[0]!.means.data,
      (_, i) => measured.reduce((sum, one) => sum + numberOf(one, i), 0) / measured.length,
    );
  const means = average(({ means }, i) => means.data[i]!);
  const squares = average(({ means, variances }, i) => variances.data[i]! + means.data[i]! ** 2);
  const variances = squares.map((square, i) => Math.max(0, square - means[i]! ** 2));
  return { means: tensor(means, [means.length]), variances: tensor(variances, [means.length]) };
}
