import type { Picture } from "./plan.js";
import { recolour } from "./recolour.js";

/**
 * The finished picture as a network takes it, -1 to 1, written to `target`, [3, height, width]: recoloured,
 * mirrored, on its ground.
 */
export function compose(picture: Picture, target: Float32Array): void {
  const { drawing, mirrored, ground } = picture;
  const image = picture.recolour ? recolour(drawing, picture.recolour.from, picture.recolour.to) : drawing;
  const { width, height, data } = image;
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
