import { useEffect, useRef, useState } from "preact/hooks";
import { moveBrush, type Point, toImagePoint } from "../state/brush.js";
import { maskFromAlpha, type StartImage } from "../state/start-image.js";
import { Segments, Slider } from "./field.js";
import { RgbCanvas } from "./rgb-canvas.js";

interface Props {
  readonly start: StartImage;
  onChange(start: StartImage): void;
}

const colour = "rgb(245, 165, 36)";

/** Paints the mask for inpainting, with a pointer or with the arrow keys and the space bar. */
export function MaskEditor({ start, onChange }: Props) {
  const { width, height } = start.image;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState(20);
  const [mode, setMode] = useState<"paint" | "erase">("paint");
  const [cursor, setCursor] = useState<Point>({ x: width / 2, y: height / 2 });
  const last = useRef<Point | undefined>(undefined);
  const diameter = (Math.min(width, height) * brush) / 100;

  useEffect(() => {
    if (!start.mask) canvas.current?.getContext("2d")?.clearRect(0, 0, width, height);
  }, [start.mask, width, height]);

  const stroke = (from: Point, to: Point) => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    context.globalCompositeOperation = mode === "paint" ? "source-over" : "destination-out";
    context.strokeStyle = colour;
    context.lineWidth = diameter;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(from.x, from.y);
    // Some browsers do not draw a line of length 0.
    context.lineTo(to.x + 0.01, to.y);
    context.stroke();
  };
  const report = () => {
    const pixels = canvas.current?.getContext("2d")?.getImageData(0, 0, width, height).data;
    if (!pixels) return;
    const alpha = Uint8Array.from({ length: width * height }, (_, i) => pixels[i * 4 + 3]!);
    const { mask: _, ...rest } = start;
    const mask = maskFromAlpha(alpha, width, height);
    onChange({ ...rest, ...(mask && { mask }) });
  };
  const end = () => {
    if (last.current) report();
    last.current = undefined;
  };
  const pointOf = (event: PointerEvent): Point =>
    toImagePoint(
      { x: event.clientX, y: event.clientY },
      canvas.current!.getBoundingClientRect(),
      start.image,
    );

  return (
    <div class="mask-editor">
      <div class="mask" style={{ aspectRatio: `${width} / ${height}` }}>
        <RgbCanvas image={start.image} label="The image to start from" />
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes pointer and keyboard input */}
        <canvas
          ref={canvas}
          width={width}
          height={height}
          tabIndex={0}
          role="application"
          aria-label="Mask: paint over the part to repaint. Arrow keys move the brush, space paints."
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            last.current = pointOf(event);
            stroke(last.current, last.current);
          }}
          onPointerMove={(event) => {
            const point = pointOf(event);
            setCursor(point);
            if (!last.current) return;
            stroke(last.current, point);
            last.current = point;
          }}
          onPointerUp={end}
          onPointerCancel={end}
          onKeyDown={(event) => {
            const moved = moveBrush(cursor, event.key, diameter / 2, start.image);
            if (moved) setCursor(moved);
            if (event.key === " ") {
              stroke(cursor, cursor);
              report();
            }
            if (moved || event.key === " ") event.preventDefault();
          }}
        />
        <span
          class="brush"
          style={{
            left: `${(cursor.x / width) * 100}%`,
            top: `${(cursor.y / height) * 100}%`,
            width: `${(diameter / width) * 100}%`,
          }}
        />
      </div>
      <Segments<"paint" | "erase">
        label="Brush"
        value={mode}
        options={[
          { value: "paint", label: "Paint" },
          { value: "erase", label: "Erase" },
        ]}
        onChange={setMode}
      />
      <Slider label="Brush size" value={brush} range={{ min: 4, max: 60, step: 2 }} onChange={setBrush} />
      {start.mask && (
        <button
          type="button"
          class="secondary"
          onClick={() => {
            const { mask: _, ...rest } = start;
            canvas.current?.focus();
            onChange(rest);
          }}
        >
          Clear the mask
        </button>
      )}
    </div>
  );
}
