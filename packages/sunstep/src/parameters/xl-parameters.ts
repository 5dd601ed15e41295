// Settings of Stable Diffusion XL in the text that images carry, under names of our own: other programs have none.

import {
  type CropOffset,
  type GenerateOptions,
  type ImageSize,
  plainSize,
  type Request,
} from "@sunstep/pipeline";
import { defined } from "./text-values.js";

export type XlOptions = Pick<
  GenerateOptions,
  | "prompt2"
  | "negativePrompt2"
  | "originalSize"
  | "cropTopLeft"
  | "targetSize"
  | "negativeOriginalSize"
  | "negativeCropTopLeft"
  | "negativeTargetSize"
>;

const size = /^(\d{1,7})x(\d{1,7})$/;
const crop = /^(\d{1,7}) (\d{1,7})$/;
const text = /(?:)/;

/** Names of the settings, and the form of their values. */
export const xlSettings: Readonly<Record<string, RegExp>> = {
  "Prompt 2": text,
  "Negative prompt 2": text,
  "Original size": size,
  "Crop top left": crop,
  "Target size": size,
  "Negative original size": size,
  "Negative crop top left": crop,
  "Negative target size": size,
};

/** Writes the settings of prompt `prompt` that differ from their defaults. */
export function xlEntries(request: Request, prompt: number): readonly (readonly [string, string])[] {
  const { prompts2, negativePrompts2, sizeConditioning } = request;
  const { positive, negative } = sizeConditioning;
  const isPlain = JSON.stringify(positive) === JSON.stringify(plainSize(request));
  const isSame = JSON.stringify(positive) === JSON.stringify(negative);
  return [
    ...(prompts2 ? [["Prompt 2", prompts2[prompt] ?? ""] as const] : []),
    ...(negativePrompts2 ? [["Negative prompt 2", negativePrompts2[prompt] ?? ""] as const] : []),
    ...(isPlain ? [] : sizes(positive, ["Original size", "Crop top left", "Target size"])),
    ...(isSame
      ? []
      : sizes(negative, ["Negative original size", "Negative crop top left", "Negative target size"])),
  ];
}

function sizes(
  { originalSize, cropTopLeft, targetSize }: Request["sizeConditioning"]["positive"],
  [original, offset, target]: readonly [string, string, string],
): readonly (readonly [string, string])[] {
  return [
    [original, `${originalSize.width}x${originalSize.height}`],
    [offset, `${cropTopLeft.top} ${cropTopLeft.left}`],
    [target, `${targetSize.width}x${targetSize.height}`],
  ];
}

/** Reads the settings that a text has; those of another form are left out. */
export function readXlSettings(settings: ReadonlyMap<string, string>): XlOptions {
  const sizeOf = (name: string): ImageSize | undefined => {
    const [, width, height] = size.exec(settings.get(name) ?? "") ?? [];
    return width === undefined ? undefined : { width: Number(width), height: Number(height) };
  };
  const cropOf = (name: string): CropOffset | undefined => {
    const [, top, left] = crop.exec(settings.get(name) ?? "") ?? [];
    return top === undefined ? undefined : { top: Number(top), left: Number(left) };
  };
  return defined({
    prompt2: settings.get("Prompt 2"),
    negativePrompt2: settings.get("Negative prompt 2"),
    originalSize: sizeOf("Original size"),
    cropTopLeft: cropOf("Crop top left"),
    targetSize: sizeOf("Target size"),
    negativeOriginalSize: sizeOf("Negative original size"),
    negativeCropTopLeft: cropOf("Negative crop top left"),
    negativeTargetSize: sizeOf("Negative target size"),
  });
}
