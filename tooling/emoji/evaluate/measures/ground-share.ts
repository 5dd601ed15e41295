// Measures the share of an image's border that has a background's colour.
import { BACKGROUND_NAMES, BACKGROUNDS, type Background } from "@sunstep/emoji-data";
import type { RgbImage } from "@sunstep/image";

/** Returns the share of border pixels that are nearer to this background than to any other, 0 to 1. */
export function groundShare({ width, height, data }: RgbImage, background: Background): number {
  let border = 0;
  let found = 0;
  for (let y = 0; y < height; y++) {
    const isEdge = y === 0 || y === height - 1;
    for (let x = 0; x < width; x += isEdge ? 1 : width - 1) {
      const at = 3 * (y * width + x);
      border++;
      if (nearest(data[at]!, data[at + 1]!, data[at + 2]!) === background) found++;
    }
  }
  return found / border;
}

function nearest(...pixel: readonly [number, number, number]): Background {
  const distance = (name: Background) =>
    BACKGROUNDS[name].reduce((sum, value, c) => sum + (value - pixel[c]!) ** 2, 0);
  return BACKGROUND_NAMES.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
