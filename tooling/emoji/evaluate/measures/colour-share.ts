// Measures the share of a thing that has a colour. The thing is every pixel that differs from the ground; the ground's
// colour is the median of the image's border.
import { COLOURS, type Colour, HUES } from "@sunstep/emoji-data";
import type { RgbImage } from "@sunstep/image";

/** A pixel belongs to the thing if a channel is farther from the ground's than this, of 255. */
const GROUND_TOLERANCE = 40;
/** Paler or darker pixels have no colour of their own; between 0 and 1. */
const SATURATION = 0.25;
const BRIGHTNESS = 0.2;

/** Returns the share of the thing's pixels whose hue is nearer to the colour's than to any other's, 0 to 1. */
export function colourShare(image: RgbImage, colour: Colour): number {
  const { data } = image;
  const ground = groundColour(image);
  let thing = 0;
  let coloured = 0;
  for (let i = 0; i < data.length; i += 3) {
    const pixel = [data[i]!, data[i + 1]!, data[i + 2]!] as const;
    if (pixel.every((value, c) => Math.abs(value - ground[c]!) <= GROUND_TOLERANCE)) continue;
    thing++;
    if (colourOf(pixel) === colour) coloured++;
  }
  return thing === 0 ? 0 : coloured / thing;
}

/** Returns the colour with the nearest hue, or undefined for greys. */
function colourOf([r, g, b]: readonly [number, number, number]): Colour | undefined {
  const largest = Math.max(r, g, b);
  const range = largest - Math.min(r, g, b);
  if (largest < BRIGHTNESS * 255 || range < SATURATION * largest) return undefined;
  const sector = largest === r ? (g - b) / range : largest === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  const hue = (sector * 60 + 360) % 360;
  const distance = (colour: Colour) => Math.abs(((HUES[colour] - hue + 540) % 360) - 180);
  return COLOURS.reduce((best, colour) => (distance(colour) < distance(best) ? colour : best));
}

function groundColour({ width, height, data }: RgbImage): number[] {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) border.push(y * width, y * width + width - 1);
  return [0, 1, 2].map(
    (c) => border.map((pixel) => data[3 * pixel + c]!).sort((a, b) => a - b)[border.length >> 1]!,
  );
}
