import type { RgbImage } from "./rgb-image.js";

/** For each EXIF orientation: whether rows and columns change places, and which of them then run backwards. */
const turns: Readonly<Record<number, { swap: boolean; flipX: boolean; flipY: boolean }>> = {
  2: { swap: false, flipX: true, flipY: false },
  3: { swap: false, flipX: true, flipY: true },
  4: { swap: false, flipX: false, flipY: true },
  5: { swap: true, flipX: false, flipY: false },
  6: { swap: true, flipX: false, flipY: true },
  7: { swap: true, flipX: true, flipY: true },
  8: { swap: true, flipX: true, flipY: false },
};

/** Returns the image upright, as Pillow's ImageOps.exif_transpose. */
export function upright(image: RgbImage, orientation: number): RgbImage {
  const turn = turns[orientation];
  if (!turn) return image;
  const { channels, data } = image;
  const { swap, flipX, flipY } = turn;
  const width = swap ? image.height : image.width;
  const height = swap ? image.width : image.height;
  const turned = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = swap ? y : x;
      const row = swap ? x : y;
      const fromX = flipX ? image.width - 1 - column : column;
      const fromY = flipY ? image.height - 1 - row : row;
      const from = (fromY * image.width + fromX) * channels;
      for (let c = 0; c < channels; c++) turned[at++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: turned };
}
