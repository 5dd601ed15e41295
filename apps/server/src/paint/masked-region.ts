import type { RgbImage } from "@sunstep/image";
import type { Size } from "./pixels.js";

export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * Finds the rectangle around the white of a mask, padded, and grown to the proportions of `size` as far as the image reaches
 * (AUTOMATIC1111, modules/masking.py). Undefined for a black mask.
 */
export function maskedRegion(mask: RgbImage, padding: number, size: Size): Rectangle | undefined {
  const box = whiteBox(mask);
  if (!box) return undefined;
  const [x1, x2] = padded(box.x1, box.x2, padding, mask.width);
  const [y1, y2] = padded(box.y1, box.y2, padding, mask.height);
  const aspect = size.width / size.height;
  const wanted = { width: Math.round((y2 - y1) * aspect), height: Math.round((x2 - x1) / aspect) };
  const [left, right] = wanted.width > x2 - x1 ? grown(x1, x2, wanted.width, mask.width) : [x1, x2];
  const [top, bottom] = wanted.height > y2 - y1 ? grown(y1, y2, wanted.height, mask.height) : [y1, y2];
  return { left, top, width: right - left, height: bottom - top };
}

function whiteBox({ data, width, height }: RgbImage) {
  let [x1, y1, x2, y2] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
    }
  return x2 > x1 ? { x1, y1, x2, y2 } : undefined;
}

const padded = (from: number, to: number, padding: number, limit: number): [number, number] => [
  Math.max(0, from - padding),
  Math.min(limit, to + padding),
];

/** Grows a range to `length` around its middle, moved to stay within 0 and `limit`. */
function grown(from: number, to: number, length: number, limit: number): [number, number] {
  const wanted = Math.min(length, limit);
  const start = Math.round((from + to - wanted) / 2);
  const first = Math.min(Math.max(0, start), limit - wanted);
  return [first, first + wanted];
}
