import type { RgbImage } from "@sunstep/image";
import { type Colour, HUES, hueDifference } from "./colours.js";
import { type Hsv, hsvToRgb, rgbToHsv } from "./hsv.js";

/** Largest distance to the main hue, and least saturation, of a pixel to recolour. */
const NEAR_DEGREES = 45;
const LEAST_SATURATION = 0.15;
/** Factor on differences of hue within the thing, so that the new colour looks uniform. */
const SPREAD = 0.6;

/** Hues differ in perceived lightness: yellow is light, pink is pale. */
function tint({ hue, saturation, value }: Hsv, from: number, to: Colour): Hsv {
  if (to === "pink") return { hue, saturation: saturation * 0.62, value: Math.min(1, value * 1.08 + 0.04) };
  const fromYellow = from > 40 && from < 70;
  if (fromYellow && to !== "yellow" && to !== "orange") return { hue, saturation, value: value * 0.9 };
  if (to === "yellow") return { hue, saturation, value: Math.min(1, value * 1.15 + 0.06) };
  return { hue, saturation, value };
}

/**
 * Recolours the pixels near `mainHue` (degrees) of an RGBA image. Everything else (leaves, eyes, glass, the outline) stays, so
 * that colour becomes an independent factor.
 */
export function recolour(image: RgbImage, mainHue: number, colour: Colour): RgbImage {
  const data = new Uint8Array(image.data);
  for (let i = 0; i < data.length; i += 4) {
    const { hue, saturation, value } = rgbToHsv(data[i]!, data[i + 1]!, data[i + 2]!);
    const difference = hueDifference(hue, mainHue);
    if (Math.abs(difference) >= NEAR_DEGREES || saturation <= LEAST_SATURATION) continue;
    const turned = (HUES[colour] + difference * SPREAD + 360) % 360;
    data.set(hsvToRgb(tint({ hue: turned, saturation, value }, mainHue, colour)), i);
  }
  return { ...image, data };
}
