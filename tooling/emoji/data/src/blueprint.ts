import type { PlannedImage } from "./plan.js";

/** Selects the images of a concept to draw as blueprints: one and its mirror image, since colours are lost. */
export function differsInOutline({ recolour, background, mirrored }: PlannedImage): boolean {
  return recolour === undefined && mirrored === (background !== "white");
}

/** Red, green and blue of the paper, -1 to 1. */
const PAPER = [-0.84, -0.5, 0.2] as const;
/** Factor from a contour's contrast to its whiteness. */
const GAIN = 1.6;

/**
 * Turns an image into a blueprint, in place: white contours (Sobel's operator, the strongest of the three colours) on blue paper.
 * `pixels`: [3, height, width], -1 to 1.
 */
export function blueprint(pixels: Float32Array, height: number, width: number): void {
  const plane = height * width;
  const at = (c: number, y: number, x: number) => {
    const [row, column] = [Math.min(height - 1, Math.max(0, y)), Math.min(width - 1, Math.max(0, x))];
    return pixels[c * plane + row * width + column]!;
  };
  const contours = Float32Array.from({ length: plane }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    let strongest = 0;
    for (let c = 0; c < 3; c++) {
      const side = (sign: number) => at(c, y - 1, x + sign) + 2 * at(c, y, x + sign) + at(c, y + 1, x + sign);
      const line = (sign: number) => at(c, y + sign, x - 1) + 2 * at(c, y + sign, x) + at(c, y + sign, x + 1);
      strongest = Math.max(strongest, Math.hypot(side(1) - side(-1), line(1) - line(-1)) / 8);
    }
    return Math.min(1, GAIN * strongest);
  });
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane; i++) pixels[c * plane + i] = PAPER[c]! + (1 - PAPER[c]!) * contours[i]!;
  }
}
