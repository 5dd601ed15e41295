import { type OptionValues, usageError } from "@sunstep/command-line";
import { type GenerateOptions, loadImage, type StableDiffusion } from "sunstep";
import type { runOptions } from "./options.js";

type ControlValues = Pick<OptionValues<typeof runOptions>, "control" | "guess-mode">;

/** A value of --control: the ControlNet's file and the control image's. */
interface ControlValue {
  readonly controlnet: string;
  readonly image: string;
  readonly scale?: number;
  readonly start?: number;
  readonly end?: number;
}

const number = String.raw`:([-+]?(?:\d+\.?\d*|\.\d+))`;
const numbers = new RegExp(`^(.+?)(?:${number}(?:${number}${number})?)?$`);

/** Splits "canny.safetensors=edges.png:0.8:0:0.5" at its last equals sign. @throws USAGE */
export function parseControl(text: string): ControlValue {
  const at = text.lastIndexOf("=");
  const [, image, scale, start, end] = numbers.exec(text.slice(at + 1)) ?? [];
  if (at < 1 || image === undefined) {
    throw usageError(
      `control ${JSON.stringify(text)}: it must be FILE=IMAGE[:SCALE[:START:END]], as in canny.safetensors=edges.png:0.8`,
    );
  }
  return {
    controlnet: text.slice(0, at),
    image,
    ...(scale !== undefined && { scale: Number(scale) }),
    ...(start !== undefined && end !== undefined && { start: Number(start), end: Number(end) }),
  };
}

/** Rejects, before a model is loaded, values that cannot be read. @throws USAGE */
export function checkControls({ control = [], "guess-mode": guessMode }: ControlValues): void {
  for (const text of control) parseControl(text);
  if (guessMode && control.length === 0)
    throw usageError("guess-mode is a mode of ControlNets: give control as well");
}

/** Loads the ControlNets that are not loaded yet, and the control images. */
export async function controlOptions(
  model: StableDiffusion,
  { control = [], "guess-mode": guessMode }: ControlValues,
  signal: AbortSignal,
): Promise<Pick<GenerateOptions, "controls" | "guessMode">> {
  if (control.length === 0) return {};
  const controls = [];
  for (const { image, ...given } of control.map(parseControl)) {
    const { controlnet } = given;
    if (!model.controlnets.includes(controlnet))
      await model.loadControlNet(controlnet, { name: controlnet, signal });
    controls.push({ ...given, image: await loadImage(image) });
  }
  return { controls, ...(guessMode && { guessMode }) };
}
