// Generation data with SUN's own names. Apart from the model, so that pages load it with the first image that is read.
import type { Architecture } from "@sunstep/checkpoint";
import { parseParameters } from "@sunstep/image";
import type { GenerateOptions } from "../sun-model.js";
import { type PlainParameters, plainParameters } from "./read-parameters.js";
import { finite } from "./text-values.js";

/** How an image was made, as far as its text tells. */
export interface ImageParameters extends PlainParameters {
  readonly options: PlainParameters["options"] & Pick<GenerateOptions, "sun" | "sunScale">;
  /** The name of the SUN adapter. */
  readonly sun?: string;
}

export interface ReadParametersOptions {
  /** The kind of model that the settings are for; Stable Diffusion XL counts clip skip from 2. */
  readonly architecture?: Architecture;
}

/**
 * Reads the text that an image of sunstep or AUTOMATIC1111 carries under "parameters". Never throws: settings that it does
 * not understand are left out. Returns undefined for a text without settings, and for JSON, which Fooocus writes.
 */
export function readParameters(
  text: string,
  { architecture }: ReadParametersOptions = {},
): ImageParameters | undefined {
  if (isJson(text)) return undefined;
  const parsed = parseParameters(text);
  const { settings } = parsed;
  if (settings.size === 0) return undefined;
  const { options, ...parameters } = plainParameters(parsed, architecture);
  const sun = settings.get("SUN");
  const sunScale = finite(settings.get("SUN scale"));
  const { guidanceScale: _, negative: __, ...unguided } = options;
  return {
    ...parameters,
    options: {
      ...(sun === undefined ? options : unguided),
      sun: sun !== undefined,
      ...(sunScale !== undefined && { sunScale }),
    },
    ...(sun !== undefined && { sun }),
  };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
