import { type Tensor, tensor } from "@sunstep/tensor";

/** Channels of a network's input, output or hidden state: [channels, height, width], flat. */
export interface Planes {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The part of planes that a tile covers, in positions. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Copies a region out of planes. */
export function crop({ data, channels, ...from }: Planes, { top, left, height, width }: Region): Planes {
  const part = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * height; row++) {
    const channel = Math.floor(row / height);
    const begin = (channel * from.height + top + (row % height)) * from.width + left;
    part.set(data.subarray(begin, begin + width), row * width);
  }
  return { data: part, channels, height, width };
}

/** Adds a tile to planes, weighted by `rows` [height] and `columns` [width]. */
export function addWeighted(
  target: Planes,
  tile: Planes,
  { top, left }: Region,
  rows: Float32Array,
  columns: Float32Array,
): void {
  for (let row = 0; row < tile.channels * tile.height; row++) {
    const channel = Math.floor(row / tile.height);
    const y = row % tile.height;
    const to = (channel * target.height + top + y) * target.width + left;
    const weight = rows[y]!;
    for (let x = 0; x < tile.width; x++)
      target.data[to + x]! += weight * columns[x]! * tile.data[row * tile.width + x]!;
  }
}

/**
 * Assembles planes of square patches that are spread evenly over larger ones: a sample of all of their content at full
 * resolution. Each `shift` from 0 to 1 takes other patches, and joins them to other neighbours.
 */
export function patchwork(
  source: Planes,
  { height, width }: { readonly height: number; readonly width: number },
  patch: number,
  shift: number,
): Planes {
  const { channels } = source;
  const sample: Planes = { data: new Float32Array(channels * height * width), channels, height, width };
  const [rows, columns] = [Math.ceil(height / patch), Math.ceil(width / patch)];
  const [sourceRows, sourceColumns] = [Math.floor(source.height / patch), Math.floor(source.width / patch)];
  const step = (sourceRows * sourceColumns) / (rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const [top, left] = [Math.floor(i / columns) * patch, (i % columns) * patch];
    const from = Math.min(sourceRows * sourceColumns - 1, Math.floor((i + shift) * step));
    const part = crop(source, {
      top: Math.floor(from / sourceColumns) * patch,
      left: (from % sourceColumns) * patch,
      height: Math.min(patch, height - top),
      width: Math.min(patch, width - left),
    });
    copyInto(sample, part, top, left);
  }
  return sample;
}

function copyInto(target: Planes, part: Planes, top: number, left: number): void {
  for (let row = 0; row < part.channels * part.height; row++) {
    const channel = Math.floor(row / part.height);
    const to = (channel * target.height + top + (row % part.height)) * target.width + left;
    target.data.set(part.data.subarray(row * part.width, (row + 1) * part.width), to);
  }
}

export function toTensor({ data, channels, height, width }: Planes): Tensor<"float32"> {
  return tensor(data, [1, channels, height, width]);
}

export function toPlanes({ data, shape }: Tensor): Planes {
  const [, channels = 1, height = 1, width = 1] = shape;
  return { data: data as Float32Array, channels, height, width };
}
