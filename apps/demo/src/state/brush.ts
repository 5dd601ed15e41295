// The brush that paints a mask.

import type { Size } from "./settings.js";

/** A position in pixels of the image. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Brush {
  /** In percent of the image's shorter side. */
  readonly size: number;
  readonly erases: boolean;
}

export const brushSizes = { min: 4, max: 60, step: 2 };

export const firstBrush: Brush = { size: 20, erases: false };

/** Returns the diameter in pixels of the image. */
export function brushDiameter({ size }: Brush, { width, height }: Size): number {
  return (Math.min(width, height) * size) / 100;
}

const resizes: Readonly<Record<string, number>> = { "[": -4, "]": 4 };

/** Returns the brush after a bracket key; undefined for other keys. */
export function resizeBrush(brush: Brush, key: string): Brush | undefined {
  const change = resizes[key];
  if (change === undefined) return undefined;
  return { ...brush, size: Math.min(brushSizes.max, Math.max(brushSizes.min, brush.size + change)) };
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Returns the brush's position after an arrow key, clamped to the image; undefined for other keys. */
export function moveBrush(
  point: Point,
  key: string,
  distance: number,
  { width, height }: Size,
): Point | undefined {
  const direction = directions[key];
  if (!direction) return undefined;
  const [dx, dy] = direction;
  return {
    x: Math.min(width, Math.max(0, point.x + dx * distance)),
    y: Math.min(height, Math.max(0, point.y + dy * distance)),
  };
}

/** Converts a screen position to a pixel of the image that is shown there. */
export function toImagePoint(
  client: Point,
  shown: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  { width, height }: Size,
): Point {
  return {
    x: ((client.x - shown.left) / shown.width) * width,
    y: ((client.y - shown.top) / shown.height) * height,
  };
}
