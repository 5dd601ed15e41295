import type { RgbImage } from "@sunstep/image";
import { rgbToHsv } from "./hsv.js";

export interface MainHue {
  /** Degrees. */
  readonly hue: number;
  /** Share of the colour, by saturation and brightness, that lies within 25 degrees. */
  readonly share: number;
}

const BINS = 36;
const NEAR = [-2, -1, 0, 1, 2];
const bin = (index: number) => (index + BINS) % BINS;

/** Returns the most visible hue of an RGBA image; undefined if little is visible or most of it is grey. */
export function mainHue({ data }: RgbImage): MainHue | undefined {
  const histogram = new Float64Array(BINS);
  let visible = 0;
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3]! <= 128) continue;
    visible++;
    const { hue, saturation, value } = rgbToHsv(data[i]!, data[i + 1]!, data[i + 2]!);
    if (saturation <= 0.25 || value <= 0.25) continue;
    const index = bin(Math.floor(hue / 10));
    histogram[index] = histogram[index]! + saturation * value;
    coloured += saturation * value;
  }
  if (visible < 400 || coloured < 0.2 * visible) return undefined;
  const around = (center: number) => NEAR.reduce((sum, step) => sum + histogram[bin(center + step)]!, 0);
  let best = 0;
  for (let center = 1; center < BINS; center++) if (around(center) > around(best)) best = center;
  let x = 0;
  let y = 0;
  for (const step of NEAR) {
    const index = bin(best + step);
    const angle = ((index * 10 + 5) * Math.PI) / 180;
    x += histogram[index]! * Math.cos(angle);
    y += histogram[index]! * Math.sin(angle);
  }
  return { hue: ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360, share: around(best) / coloured };
}
