import {
  type MaskEdit,
  maskFromAlpha,
  type StartImage,
  type Stroke,
  visibleStrokes,
} from "../state/start-image.js";

type Context = Pick<
  CanvasRenderingContext2D,
  | "globalCompositeOperation"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
>;

const colour = "rgb(245, 165, 36)";

export function drawStroke(context: Context, { erases, diameter, points }: Stroke): void {
  const [first, ...rest] = points;
  if (!first) return;
  context.globalCompositeOperation = erases ? "destination-out" : "source-over";
  context.strokeStyle = colour;
  context.lineWidth = diameter;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(first.x, first.y);
  // Some browsers do not draw a line of length 0.
  context.lineTo(first.x + 0.01, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.stroke();
}

/** Returns the starting image with other edits, and the mask that they make. */
export function withEdits({ mask: _, ...start }: StartImage, edits: readonly MaskEdit[]): StartImage {
  const { width, height } = start.image;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  for (const stroke of visibleStrokes(edits)) drawStroke(context, stroke);
  const pixels = context.getImageData(0, 0, width, height).data;
  const alpha = Uint8Array.from({ length: width * height }, (_, i) => pixels[i * 4 + 3]!);
  const mask = maskFromAlpha(alpha, width, height);
  return { ...start, edits, ...(mask && { mask }) };
}
