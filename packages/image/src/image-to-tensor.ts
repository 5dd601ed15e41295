// Pixels to tensors and back, in the arithmetic of diffusers' VaeImageProcessor (image_processor.py): float32 at every
// step, and numpy's rounding of halves to even.

import { roundHalfToEven, type Tensor, tensor } from "@sunstep/tensor";
import { imageError } from "./errors.js";
import { checkImage, type RgbImage, toGrey, toRgb } from "./rgb-image.js";

const levels = Float32Array.from({ length: 256 }, (_, value) => value / 255);
const signedLevels = levels.map((value) => Math.fround(2 * value) - 1);

/** The picture as [1, 3, height, width], float32, -1 to 1. Alpha is dropped. */
export function imageToTensor(image: RgbImage): Tensor<"float32"> {
  const { width, height, data } = toRgb(image);
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) values[c * area + i] = signedLevels[data[i * 3 + c]!]!;
  }
  return tensor(values, [1, 3, height, width], "float32");
}

/** A batch [count, 3, height, width] of -1 to 1 as pictures; values beyond are clamped. Throws `IMAGE_SIZE_MISMATCH`. */
export function tensorToImages({ shape, data }: Tensor<"float32">): RgbImage[] {
  const [count, channels, height, width] = shape;
  if (shape.length !== 4 || channels !== 3) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `pictures need the shape [count, 3, height, width], not [${shape.join(", ")}]`,
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

/** A mask as [1, 1, height, width], float32: 1 where its grey is at least a half (repaint), else 0. */
export function maskToTensor(mask: RgbImage): Tensor<"float32"> {
  const { width, height, data } = toGrey(mask);
  return tensor(
    Float32Array.from(data, (value) => (levels[value]! < 0.5 ? 0 : 1)),
    [1, 1, height, width],
    "float32",
  );
}

/** Throws IMAGE_SIZE_MISMATCH, with both sizes, unless the mask is as large as the picture. */
export function checkMaskSize(image: RgbImage, mask: RgbImage): void {
  checkImage(image);
  checkImage(mask);
  if (image.width !== mask.width || image.height !== mask.height) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `the mask is ${mask.width}x${mask.height}, the picture ${image.width}x${image.height}: make them the same size`,
      { mask: [mask.width, mask.height], image: [image.width, image.height] },
    );
  }
}
