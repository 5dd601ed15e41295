import type { PlannedImage } from "./plan.js";
import { recolour } from "./recolour.js";

/**
 * Writes the finished image to `target`, [3, height, width], -1 to 1: recoloured, mirrored, on its ground.
 */
export function compose(planned: PlannedImage, target: Float32Array): void {
  const { drawing, mirrored, ground, recolour: change } = planned;
  const { width, height, data } = change ? recolour(drawing, change.from, change.to) : drawing;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + (mirrored ? width - 1 - x : x)) * 4;
      const opacity = data[from + 3]! / 255;
      for (let c = 0; c < 3; c++) {
        const value = data[from + c]! * opacity + ground[c]! * (1 - opacity);
        target[(c * height + y) * width + x] = value / 127.5 - 1;
      }
    }
  }
}
