import { imageError } from "./errors.js";
import { type RgbImage, toRgb } from "./rgb-image.js";

/**
 * Puts images side by side in rows of `columns`; every cell is as large as the largest, the rest stays white. Throws
 * `IMAGE_SIZE_MISMATCH` where there are none.
 */
export function contactSheet(images: readonly RgbImage[], columns: number): RgbImage {
  if (images.length === 0 || !Number.isInteger(columns) || columns < 1) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `a contact sheet of ${images.length} images in ${columns} columns is impossible`,
    );
  }
  const used = Math.min(columns, images.length);
  const cellWidth = Math.max(...images.map(({ width }) => width));
  const cellHeight = Math.max(...images.map(({ height }) => height));
  const width = cellWidth * used;
  const height = cellHeight * Math.ceil(images.length / used);
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const [index, image] of images.map(toRgb).entries()) {
    const left = (index % used) * cellWidth;
    const top = Math.floor(index / used) * cellHeight;
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      data.set(row, ((top + y) * width + left) * 3);
    }
  }
  return { width, height, channels: 3, data };
}
