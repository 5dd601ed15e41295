// The layout of compared images on one sheet, for a file that explains itself.

import type { Frame } from "./app-state.js";
import { costText } from "./cost.js";
import type { MadeImage } from "./gallery.js";
import type { Size } from "./settings.js";

export interface Sheet extends Size {
  readonly cells: readonly Cell[];
  readonly heading: Line;
  readonly footer: Line;
}

/** Where an image is drawn, with the lines beneath it. */
interface Cell extends Size {
  readonly image: MadeImage;
  readonly x: number;
  readonly y: number;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly text: string;
  readonly x: number;
  /** The middle of its height. */
  readonly y: number;
  readonly width: number;
  readonly bold: boolean;
}

const smallestSide = 384;
const gap = 24;
const lineHeight = 26;
const longestHeading = 120;

/** Lays out finished images in two columns, enlarged by whole factors where they are small; undefined before the last. */
export function contactSheet(frames: readonly Frame[]): Sheet | undefined {
  const images = frames.flatMap(({ image, variant }) => (image ? [{ image, title: variant.title }] : []));
  const [first] = images;
  if (!first || images.length < frames.length) return undefined;
  const { settings } = first.image;
  const scale = Math.ceil(smallestSide / Math.min(first.image.width, first.image.height));
  const [width, height] = [first.image.width * scale, first.image.height * scale];
  const columns = Math.min(2, images.length);
  const rows = Math.ceil(images.length / columns);
  const rowHeight = height + 2 * lineHeight + gap;
  const top = gap + lineHeight + gap / 2;
  const full = columns * (width + gap) + gap;
  const total = top + rows * rowHeight + lineHeight + gap / 2;
  const line = (text: string, x: number, y: number, room: number, bold = false): Line => ({
    text,
    x,
    y: y + lineHeight / 2,
    width: room,
    bold,
  });
  return {
    width: full,
    height: total,
    heading: line(shortened(settings.prompt), gap, gap, full - 2 * gap, true),
    cells: images.map(({ image, title }, index) => {
      const x = gap + (index % columns) * (width + gap);
      const y = top + Math.floor(index / columns) * rowHeight;
      const below = y + height + 4;
      const lines = [
        line(title, x, below, width, true),
        line(costText(image.cost), x, below + lineHeight, width),
      ];
      return { image, x, y, width, height, lines };
    }),
    footer: line(`sunstep, seed ${settings.seed}`, gap, total - lineHeight - gap / 2, full - 2 * gap),
  };
}

function shortened(prompt: string): string {
  const text = prompt.trim().replace(/\s+/g, " ") || "no prompt";
  return text.length <= longestHeading ? text : `${text.slice(0, longestHeading - 1)}…`;
}
