// The options of Stable Diffusion XL: texts for its second text encoder, and the sizes that it is conditioned on.
import type { OptionSpecs, OptionValues } from "@sunstep/command-line";
import type { GenerateOptions } from "sunstep";

export const xlRunOptions = {
  prompt2: {
    kind: "text",
    value: "TEXT",
    about: "SDXL: prompt for the second text encoder; default: the prompt",
  },
  negative2: { kind: "text", value: "TEXT", about: "SDXL: negative prompt for the second text encoder" },
  "original-size": {
    kind: "size",
    value: "WxH",
    about: "SDXL: size of the training images that the image is to resemble; default: --size",
  },
  "crop-top-left": {
    kind: "offset",
    value: "TOP,LEFT",
    about: "SDXL: pixels that a crop left out above and to the left; default: 0,0",
  },
  "target-size": { kind: "size", value: "WxH", about: "SDXL: size of that crop; default: --size" },
  "negative-original-size": {
    kind: "size",
    value: "WxH",
    about: "SDXL: the same for the negative prompt; default: as the prompt",
  },
  "negative-crop-top-left": { kind: "offset", value: "TOP,LEFT", about: "SDXL: crop of the negative prompt" },
  "negative-target-size": { kind: "size", value: "WxH", about: "SDXL: target size of the negative prompt" },
} as const satisfies OptionSpecs;

const names = {
  prompt2: "prompt2",
  negative2: "negativePrompt2",
  "original-size": "originalSize",
  "crop-top-left": "cropTopLeft",
  "target-size": "targetSize",
  "negative-original-size": "negativeOriginalSize",
  "negative-crop-top-left": "negativeCropTopLeft",
  "negative-target-size": "negativeTargetSize",
} as const satisfies Readonly<Record<keyof typeof xlRunOptions, keyof GenerateOptions>>;

type XlOptions = Pick<GenerateOptions, (typeof names)[keyof typeof names]>;

/** The options of a request that those of the command line stand for. */
export function xlRequest(values: OptionValues<typeof xlRunOptions>): XlOptions {
  const given = (Object.keys(names) as (keyof typeof names)[]).filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [names[name], values[name]]));
}
