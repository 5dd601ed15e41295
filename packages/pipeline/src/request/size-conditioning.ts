import { fields, type SunstepWarning } from "@sunstep/errors";
import { pipelineWarning } from "../errors.js";
import { readOption } from "./read-option.js";

/** A size in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels that a crop leaves out above and to the left. */
export interface CropOffset {
  readonly top: number;
  readonly left: number;
}

/**
 * Facts about training images that Stable Diffusion XL is conditioned on (arXiv 2307.01952, section 2.2): an image of
 * `originalSize` was scaled and cropped at `cropTopLeft` to `targetSize`.
 */
export interface SizeConditioning {
  readonly originalSize: ImageSize;
  readonly cropTopLeft: CropOffset;
  readonly targetSize: ImageSize;
}

/** The size conditioning of a prompt and of its negative prompt. */
export interface SizeConditionings {
  readonly positive: SizeConditioning;
  readonly negative: SizeConditioning;
}

/** Size conditioning in a request for Stable Diffusion XL. */
export interface SizeOptions {
  /**
   * The size of the training images that the result resembles, the crop taken of them, and the size of the crop. Default:
   * the size of the image, without a crop.
   */
  readonly originalSize?: ImageSize;
  readonly cropTopLeft?: CropOffset;
  readonly targetSize?: ImageSize;
  /**
   * The same for the negative prompt. Default: the prompt's sizes. As in diffusers, text-to-image reads them only where both
   * sizes are given; image-to-image reads each, with the prompt's for one that is missing.
   */
  readonly negativeOriginalSize?: ImageSize;
  readonly negativeCropTopLeft?: CropOffset;
  readonly negativeTargetSize?: ImageSize;
}

const MAX = 1 << 20;
const pixels = fields.integer(1, MAX);
const offset = fields.integer(0, MAX);

/** Returns the size conditioning of an image of that size, without a crop. */
export function plainSize({ width, height }: ImageSize): SizeConditioning {
  const size = { width, height };
  return { originalSize: size, cropTopLeft: { top: 0, left: 0 }, targetSize: size };
}

/** Sizes in a request. `image`: what image-to-image starts from. */
type SizesOfRequest = SizeOptions & { readonly image?: unknown };

/**
 * Fills in the sizes that a request leaves open: those of the image, and for the negative prompt those of the prompt
 * (diffusers StableDiffusionXLPipeline, StableDiffusionXLImg2ImgPipeline).
 * @throws SunstepError PIPELINE_OPTION
 */
export function sizeConditionings(options: SizesOfRequest, image: ImageSize): SizeConditionings {
  const size = (option: "originalSize" | "targetSize" | "negativeOriginalSize" | "negativeTargetSize") => {
    const given = options[option];
    return (
      given && {
        width: readOption(`${option}.width`, pixels, given.width),
        height: readOption(`${option}.height`, pixels, given.height),
      }
    );
  };
  const crop = (option: "cropTopLeft" | "negativeCropTopLeft", fallback = { top: 0, left: 0 }) => {
    const given = options[option] ?? fallback;
    return {
      top: readOption(`${option}.top`, offset, given.top),
      left: readOption(`${option}.left`, offset, given.left),
    };
  };
  const plain = plainSize(image);
  const positive = {
    originalSize: size("originalSize") ?? plain.originalSize,
    cropTopLeft: crop("cropTopLeft"),
    targetSize: size("targetSize") ?? plain.targetSize,
  };
  const negative = {
    originalSize: size("negativeOriginalSize") ?? positive.originalSize,
    cropTopLeft: crop("negativeCropTopLeft", options.image ? positive.cropTopLeft : undefined),
    targetSize: size("negativeTargetSize") ?? positive.targetSize,
  };
  return { positive, negative: readsNegativeSizes(options) ? negative : positive };
}

function readsNegativeSizes({ image, negativeOriginalSize, negativeTargetSize }: SizesOfRequest): boolean {
  const given = [negativeOriginalSize, negativeTargetSize].map((size) => size !== undefined);
  return image ? given.includes(true) : !given.includes(false);
}

/** Returns warnings about sizes of the negative prompt that are not read, since others are missing. */
export function unreadNegativeSizes(options: SizesOfRequest): readonly SunstepWarning[] {
  if (readsNegativeSizes(options)) return [];
  return (["negativeOriginalSize", "negativeTargetSize", "negativeCropTopLeft"] as const)
    .filter((option) => options[option] !== undefined)
    .map((option) =>
      pipelineWarning(
        "OPTION_UNUSED",
        `${option} has no effect: the negative prompt has sizes of its own where negativeOriginalSize and negativeTargetSize are ` +
          "both given; it has the prompt's",
        { option },
      ),
    );
}
