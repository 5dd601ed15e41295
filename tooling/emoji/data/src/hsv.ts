/** Hue in degrees, saturation and value 0 to 1. */
export interface Hsv {
  hue: number;
  saturation: number;
  value: number;
}

/** red, green, blue: 0 to 255. Grey has hue 0. */
export function rgbToHsv(red: number, green: number, blue: number): Hsv {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range === 0) return { hue: 0, saturation: 0, value: most / 255 };
  let sixth: number;
  if (most === red) sixth = ((green - blue) / range + 6) % 6;
  else if (most === green) sixth = (blue - red) / range + 2;
  else sixth = (red - green) / range + 4;
  return { hue: sixth * 60, saturation: range / most, value: most / 255 };
}

/** Red, green and blue, 0 to 255, rounded. */
export function hsvToRgb({ hue, saturation, value }: Hsv): [number, number, number] {
  const channel = (n: number) => {
    const k = (n + hue / 60) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
