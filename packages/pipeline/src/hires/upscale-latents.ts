import type { LatentSize } from "../latents/latents.js";

interface Area {
  readonly height: number;
  readonly width: number;
}

/**
 * Enlarges latents, [batch, channels, height, width], bilinearly, as torch's interpolate(mode="bilinear") with a given size.
 */
export function upscaleLatents(latents: Float32Array, from: LatentSize, to: Area): Float32Array {
  const planes = latents.length / (from.height * from.width);
  const rows = positions(from.height, to.height);
  const columns = positions(from.width, to.width);
  const enlarged = new Float32Array(planes * to.height * to.width);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * from.height * from.width;
    const value = (row: number, column: number) => latents[start + row * from.width + column]!;
    for (const y of rows) {
      for (const x of columns) {
        const above = (1 - x.weight) * value(y.before, x.before) + x.weight * value(y.before, x.after);
        const below = (1 - x.weight) * value(y.after, x.before) + x.weight * value(y.after, x.after);
        enlarged[at++] = (1 - y.weight) * above + y.weight * below;
      }
    }
  }
  return enlarged;
}

/** The neighbours of each new place along an axis, and the weight of the second (align_corners=False). */
function positions(from: number, to: number) {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const before = Math.min(Math.floor(place), from - 1);
    return { before, after: Math.min(before + 1, from - 1), weight: place - before };
  });
}
