// PNG's rows: filters undone (https://www.w3.org/TR/png-3/#9Filters) as the inflated bytes arrive, so that no more than
// two rows of raw data are held at once.

import { imageError } from "../errors.js";

/** One pass over the image: all of it, or one of Adam7's. Its pixel (i, j) is (x + i stepX, y + j stepY). */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/** x and y of the first pixel, and the steps, of Adam7's seven passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Returns the passes of an image, without those that hold no pixel. */
export function passesOf(width: number, height: number, interlaced: boolean): readonly Pass[] {
  if (!interlaced) return [{ x: 0, y: 0, stepX: 1, stepY: 1, width, height }];
  return adam7
    .map(([x, y, stepX, stepY]) => ({
      ...{ x, y, stepX, stepY },
      width: Math.max(0, Math.ceil((width - x) / stepX)),
      height: Math.max(0, Math.ceil((height - y) / stepY)),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row's samples, without the byte that names its filter. */
export const rowBytes = (width: number, bitsPerPixel: number) => Math.ceil((width * bitsPerPixel) / 8);

/** Returns a sink for inflated bytes, which gives each row, its filter undone, to `onRow`; the row is reused. */
export function rowSink(
  passes: readonly Pass[],
  bitsPerPixel: number,
  onRow: (row: Uint8Array, pass: Pass, index: number) => void,
): (bytes: Uint8Array) => void {
  const pixelBytes = Math.max(1, bitsPerPixel >> 3);
  let pass = 0;
  let index = 0;
  let filter: number | undefined;
  let filled = 0;
  let row = new Uint8Array(rowBytes(passes[0]!.width, bitsPerPixel));
  let above = new Uint8Array(row.length);

  function endRow() {
    unfilter(filter!, row, above, pixelBytes);
    onRow(row, passes[pass]!, index);
    [row, above] = [above, row];
    filter = undefined;
    filled = 0;
    if (++index < passes[pass]!.height) return;
    index = 0;
    const next = passes[++pass];
    if (!next) return;
    row = new Uint8Array(rowBytes(next.width, bitsPerPixel));
    above = new Uint8Array(row.length);
  }

  return (bytes) => {
    for (let at = 0; at < bytes.length && pass < passes.length; ) {
      if (filter === undefined) {
        filter = bytes[at++]!;
        continue;
      }
      const part = bytes.subarray(at, at + row.length - filled);
      row.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === row.length) endRow();
    }
  };
}

/** Undoes one of the five filters in place. `above`: the row before, zeros for a pass's first. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < row.length; i++) row[i]! += row[i - pixelBytes]!;
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i]! += above[i]!;
      return;
    case 3:
      for (let i = 0; i < row.length; i++) {
        const left = i < pixelBytes ? 0 : row[i - pixelBytes]!;
        row[i]! += (left + above[i]!) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < row.length; i++) {
        const left = i < pixelBytes ? 0 : row[i - pixelBytes]!;
        const corner = i < pixelBytes ? 0 : above[i - pixelBytes]!;
        row[i]! += paeth(left, above[i]!, corner);
      }
      return;
    default:
      throw imageError("IMAGE_CORRUPT", `a row of the PNG has filter ${filter}; there are 0 to 4`, {
        filter,
      });
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const a = Math.abs(estimate - left);
  const b = Math.abs(estimate - above);
  const c = Math.abs(estimate - corner);
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
