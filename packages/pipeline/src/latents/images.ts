// Images as users give and get them, and as the networks take and make them.
import {
  checkMaskSize,
  imageToTensor,
  type MaskReduction,
  maskToLatents,
  maskToTensor,
  type RgbImage,
  resize,
  resizeMask,
  tensorToImages,
  toRgb,
} from "@sunstep/image";
import { tensor } from "@sunstep/tensor";

/** An image as the networks take it: [3, height, width], -1 to 1, flat. */
export interface ImagePlanes {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Resizes an image to the size of a run, cropped to keep its proportions. Without an image, returns mid-grey. */
export function toPlanes(image: RgbImage | undefined, width: number, height: number): ImagePlanes {
  if (!image) return { data: new Float32Array(3 * width * height), width, height };
  return { data: imageToTensor(fitted(image, width, height)).data, width, height };
}

/** As `toPlanes`, from 0 to 1. */
export function toUnitPlanes(image: RgbImage, width: number, height: number): ImagePlanes {
  const rgb = toRgb(fitted(image, width, height));
  const size = width * height;
  const data = Float32Array.from(
    { length: 3 * size },
    (_, i) => rgb.data[(i % size) * 3 + Math.floor(i / size)]! / 255,
  );
  return { data, width, height };
}

/** Returns 1 where the mask is white, [height, width]; without a mask, 1 everywhere. */
export function toMask(
  mask: RgbImage | undefined,
  image: RgbImage | undefined,
  width: number,
  height: number,
): Float32Array {
  if (!mask) return new Float32Array(width * height).fill(1);
  if (image) checkMaskSize(image, mask);
  const fits = mask.width === width && mask.height === height;
  return maskToTensor(fits ? mask : resizeMask(mask, width, height)).data;
}

/** Reduces a mask to the size of the latents. */
export function toLatentMask(
  mask: Float32Array,
  width: number,
  height: number,
  scaleFactor: number,
  reduction: MaskReduction,
): Float32Array {
  return maskToLatents(tensor(mask, [1, 1, height, width]), scaleFactor, reduction).data;
}

/** Copies `original`, at the size of `painted`, over it where the mask is 0. The mask is [height, width]. */
export function pasteBack(painted: RgbImage, original: RgbImage, mask: Float32Array): RgbImage {
  const { width, height } = painted;
  const kept = toRgb(fitted(original, width, height)).data;
  const data = toRgb(painted).data.map((value, i) => (mask[Math.floor(i / 3)] === 0 ? kept[i]! : value));
  return { width, height, channels: 3, data };
}

export function toRgbImage({ data, width, height }: ImagePlanes): RgbImage {
  return tensorToImages(tensor(data, [1, 3, height, width]))[0]!;
}

function fitted(image: RgbImage, width: number, height: number): RgbImage {
  return image.width === width && image.height === height
    ? image
    : resize(image, width, height, { mode: "crop" });
}
