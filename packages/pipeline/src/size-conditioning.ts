import { fields } from "@sunstep/errors";
import { pipelineError } from "./errors.js";
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
  /** The same for the negative prompt. Default: the prompt's sizes. */
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

/**
 * Fills in the sizes that a request leaves open: those of the image. The negative prompt has the prompt's sizes unless it
 * has both an original and a target size of its own (diffusers StableDiffusionXLPipeline).
 * @throws SunstepError PIPELINE_OPTION
 */
export function sizeConditionings(options: SizeOptions, image: ImageSize): SizeConditionings {
  const size = (option: "originalSize" | "targetSize" | "negativeOriginalSize" | "negativeTargetSize") => {
    const given = options[option];
    return (
      given && {
        width: readOption(`${option}.width`, pixels, given.width),
        height: readOption(`${option}.height`, pixels, given.height),
      }
    );
  };
  const crop = (option: "cropTopLeft" | "negativeCropTopLeft") => {
    const given = options[option] ?? { top: 0, left: 0 };
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
  const [originalSize, targetSize] = [size("negativeOriginalSize"), size("negativeTargetSize")];
  if (originalSize && targetSize)
    return { positive, negative: { originalSize, cropTopLeft: crop("negativeCropTopLeft"), targetSize } };
  const alone = (["negativeOriginalSize", "negativeTargetSize", "negativeCropTopLeft"] as const).find(
    (option) => options[option] !== undefined,
  );
  if (alone === undefined) return { positive, negative: positive };
  throw pipelineError(
    "PIPELINE_OPTION",
    `${alone}: the negative prompt's sizes count together; give negativeOriginalSize and negativeTargetSize`,
    { option: alone },
  );
}
