import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawStroke, withEdits } from "../browser/paint-mask.js";
import {
  type Brush,
  brushDiameter,
  moveBrush,
  type Point,
  resizeBrush,
  toImagePoint,
} from "../state/brush.js";
import { type StartImage, type Stroke, visibleStrokes } from "../state/start-image.js";

interface Props {
  readonly start: StartImage;
  readonly brush: Brush;
  onBrush(brush: Brush): void;
  onChange(start: StartImage): void;
}

/**
 * Paints the mask over the image that fills its parent, by pointer, touch or keyboard: arrow keys move the brush, space
 * paints, brackets change its size, Control+Z undoes.
 */
export function MaskCanvas({ start, brush, onBrush, onChange }: Props) {
  const { image, edits } = start;
  const { width, height } = image;
  const canvas = useRef<HTMLCanvasElement>(null);
  const points = useRef<Point[] | undefined>(undefined);
  const [cursor, setCursor] = useState<Point>({ x: width / 2, y: height / 2 });
  const diameter = brushDiameter(brush, image);

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    for (const stroke of visibleStrokes(edits)) drawStroke(context, stroke);
  }, [edits, width, height]);

  const stroke = (along: readonly Point[]): Stroke => ({ erases: brush.erases, diameter, points: along });
  const add = (along: readonly Point[]) => onChange(withEdits(start, [...edits, stroke(along)]));
  const draw = (along: readonly Point[]) => {
    const context = canvas.current?.getContext("2d");
    if (context) drawStroke(context, stroke(along));
  };
  const pointOf = (event: PointerEvent): Point =>
    toImagePoint({ x: event.clientX, y: event.clientY }, canvas.current!.getBoundingClientRect(), image);
  const end = () => {
    if (points.current) add(points.current);
    points.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey } = event;
    const moved = moveBrush(cursor, key, diameter / 2, image);
    const resized = resizeBrush(brush, key);
    if (moved) setCursor(moved);
    else if (resized) onBrush(resized);
    else if (key === " ") add([cursor]);
    else if (key === "z" && (ctrlKey || metaKey)) onChange(withEdits(start, edits.slice(0, -1)));
    else return;
    event.preventDefault();
  };

  return (
    <>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes pointer and keyboard input */}
      <canvas
        ref={canvas}
        class="mask"
        width={width}
        height={height}
        tabIndex={0}
        role="application"
        aria-label="Mask: paint over the part to repaint. Arrow keys move the brush, space paints, brackets change its size."
        onPointerDown={(event) => {
          if (!event.isPrimary || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          points.current = [pointOf(event)];
          draw(points.current);
        }}
        onPointerMove={(event) => {
          const point = pointOf(event);
          setCursor(point);
          const last = points.current?.at(-1);
          if (!last) return;
          points.current!.push(point);
          draw([last, point]);
        }}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={onKeyDown}
      />
      <span
        class="brush"
        style={{
          left: `${(cursor.x / width) * 100}%`,
          top: `${(cursor.y / height) * 100}%`,
          width: `${(diameter / width) * 100}%`,
        }}
      />
    </>
  );
}
