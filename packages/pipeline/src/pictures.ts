// Pictures as users give and get them, and as the networks take and make them.
import {
  checkMaskSize,
  imageToTensor,
  maskToTensor,
  type RgbImage,
  resize,
  resizeNearest,
  tensorToImages,
} from "@sunstep/image";
import { tensor } from "@sunstep/tensor";
import type { Picture } from "./autoencoder.js";

/** A picture of the run's size: resized if it has another, cut to keep its proportions. Mid-grey where there is none. */
export function toPicture(image: RgbImage | undefined, width: number, height: number): Picture {
  if (!image) return { data: new Float32Array(3 * width * height), width, height };
  return { data: imageToTensor(fitted(image, width, height)).data, width, height };
}

/** 1 where the mask is white, [height, width]; without a mask, 1 everywhere. */
export function toMask(
  mask: RgbImage | undefined,
  image: RgbImage | undefined,
  width: number,
  height: number,
): Float32Array {
  if (!mask) return new Float32Array(width * height).fill(1);
  if (image) checkMaskSize(image, mask);
  return maskToTensor(fitted(mask, width, height)).data;
}

/** The mask at the size of latents: diffusers takes the nearest pixel. */
export function toLatentMask(mask: Float32Array, width: number, height: number): Float32Array {
  return resizeNearest(tensor(mask, [1, 1, height, width]), height / 8, width / 8).data;
}

export function toRgbImage({ data, width, height }: Picture): RgbImage {
  return tensorToImages(tensor(data, [1, 3, height, width]))[0]!;
}

function fitted(image: RgbImage, width: number, height: number): RgbImage {
  return image.width === width && image.height === height
    ? image
    : resize(image, width, height, { mode: "crop" });
}
