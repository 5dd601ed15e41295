/** The tiles along one axis of an image, in cells: all of one size, each overlapping its neighbours. */
export interface TileAxis {
  readonly size: number;
  readonly tile: number;
  /** First cell of each tile. */
  readonly starts: readonly number[];
}

/** Covers `size` cells with the fewest tiles of at most `most` cells that overlap by at least `overlap`, evenly. */
export function tileAxis(size: number, most: number, overlap: number): TileAxis {
  if (size <= most) return { size, tile: size, starts: [0] };
  const count = Math.ceil((size - overlap) / (most - overlap));
  const tile = Math.ceil((size + (count - 1) * overlap) / count);
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (size - tile)) / (count - 1)));
  return { size, tile, starts };
}

/**
 * Returns for each tile the weight of each of its positions, `scale` positions a cell: 1, with a linear ramp to each
 * neighbour. The weights of all tiles add up to 1 everywhere. `radius` cells at a tile's cut edge are wrong, since they
 * depend on cells outside it: the ramp stays away from them as far as the overlap lets it.
 */
export function tileWeights(
  { size, tile, starts }: TileAxis,
  scale: number,
  radius: number,
): readonly Float32Array[] {
  const overlapAfter = (index: number) => {
    const next = starts[index + 1];
    return index < 0 || next === undefined ? 0 : starts[index]! + tile - next;
  };
  const ramps = starts.map((_, index) => {
    const weights = new Float32Array(tile * scale).fill(1);
    applyRamp(weights, overlapAfter(index - 1) * scale, radius * scale);
    weights.reverse();
    applyRamp(weights, overlapAfter(index) * scale, radius * scale);
    return weights.reverse();
  });
  // More than two tiles meet where tiles overlap by more than half.
  const sums = new Float32Array(size * scale);
  for (const [index, ramp] of ramps.entries())
    for (const [i, weight] of ramp.entries()) sums[starts[index]! * scale + i]! += weight;
  return ramps.map((ramp, index) => ramp.map((weight, i) => weight / sums[starts[index]! * scale + i]!));
}

/** Lets weights rise from 0 in the middle of the overlap with the tile before. */
function applyRamp(weights: Float32Array, overlap: number, radius: number): void {
  const ramp = overlap > 2 * radius ? overlap - 2 * radius : overlap / 2;
  const begin = (overlap - ramp) / 2;
  for (let i = 0; i < overlap; i++) weights[i]! *= Math.min(1, Math.max(0, (i + 0.5 - begin) / ramp));
}
