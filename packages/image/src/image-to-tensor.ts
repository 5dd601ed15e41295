// Pixels to tensors and back, in the arithmetic of diffusers' VaeImageProcessor (image_processor.py): float32 at every
// step, and numpy's rounding of halves to even.

import { roundHalfToEven, type Tensor, tensor } from "@sunstep/tensor";
import { imageError } from "./errors.js";
import { type RgbImage, toRgb } from "./rgb-image.js";

const levels = Float32Array.from({ length: 256 }, (_, value) => value / 255);
const signedLevels = levels.map((value) => Math.fround(2 * value) - 1);

/** The image as [1, 3, height, width], float32, -1 to 1. Alpha is dropped. */
export function imageToTensor(image: RgbImage): Tensor<"float32"> {
  const { width, height, data } = toRgb(image);
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) values[c * area + i] = signedLevels[data[i * 3 + c]!]!;
  }
  return tensor(values, [1, 3, height, width], "float32");
}

/** A batch [count, 3, height, width] of -1 to 1 as images; values beyond are clamped. Throws `IMAGE_SIZE_MISMATCH`. */
export function tensorToImages({ shape, data }: Tensor<"float32">): RgbImage[] {
  const [count, channels, height, width] = shape;
  if (shape.length !== 4 || channels !== 3) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `images need the shape [count, 3, height, width], not [${shape.join(", ")}]`,
      { shape },
    );
  }
  const area = height! * width!;
  return Array.from({ length: count! }, (_, n) => {
    const pixels = new Uint8Array(area * 3);
    for (let c = 0; c < 3; c++) {
      const plane = data.subarray((n * 3 + c) * area, (n * 3 + c + 1) * area);
      for (let i = 0; i < area; i++) pixels[i * 3 + c] = toByte(plane[i]!);
    }
    return { width: width!, height: height!, channels: 3, data: pixels };
  });
}

function toByte(value: number): number {
  const unit = Math.min(Math.max(Math.fround(Math.fround(value / 2) + 0.5), 0), 1);
  return roundHalfToEven(Math.fround(unit * 255));
}
