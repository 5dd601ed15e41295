import type { AppState, Frame } from "../state/app-state.js";
import { advantageText, costText } from "../state/cost.js";
import type { Progress } from "../state/progress.js";
import { RgbCanvas } from "./rgb-canvas.js";

/** The images: one, or several side by side to compare. */
export function Stage({ state }: { readonly state: AppState }) {
  const { settings, running, model } = state;
  const opening = model.status === "opening" ? model.progress : undefined;
  const frames = state.frames.length > 0 ? state.frames : [undefined];
  return (
    <section class="stage" aria-label="Image" data-count={frames.length}>
      <div class="frames">
        {frames.map((frame, index) => (
          <FrameView key={index} frame={frame} fallback={settings} running={running} opening={opening} />
        ))}
      </div>
      <Advantage frames={state.frames} />
    </section>
  );
}

interface FrameProps {
  readonly frame: Frame | undefined;
  readonly fallback: { readonly width: number; readonly height: number };
  readonly running: boolean;
  /** Progress of opening the model, before the image. */
  readonly opening: Progress | undefined;
}

function FrameView({ frame, fallback, running, opening }: FrameProps) {
  const shown = frame?.image ?? frame?.previous;
  const { width, height } = frame?.image ?? frame?.variant.settings ?? fallback;
  const making = running && !frame?.image;
  const progress = making ? frame?.progress : opening;
  return (
    <figure class="frame">
      <div
        class="paper"
        style={{ aspectRatio: `${width} / ${height}`, "--ratio": width / height }}
        aria-busy={making}
      >
        {shown && !frame?.preview && (
          <img src={shown.url} alt={altOf(shown.settings.prompt)} class={making ? "stale" : undefined} />
        )}
        {frame?.preview && <RgbCanvas image={frame.preview} label="Preview" />}
        {(making || opening) && <Bar fraction={progress?.fraction} />}
      </div>
      {frame?.variant.title && (
        <figcaption>
          <strong>{frame.variant.title}</strong>
          <span>{frame.image ? costText(frame.image.cost) : (frame.progress?.text ?? "Waiting")}</span>
        </figcaption>
      )}
    </figure>
  );
}

/** Pulses without a fraction, as for compiling, whose duration is unknown. */
function Bar({ fraction }: { readonly fraction: number | undefined }) {
  return (
    <div class="bar" aria-hidden="true">
      <span
        class={fraction === undefined ? "unknown" : undefined}
        style={{ transform: `scaleX(${fraction ?? 1})` }}
      />
    </div>
  );
}

function Advantage({ frames }: { readonly frames: readonly Frame[] }) {
  const [first, last] = [frames[0]?.image, frames.at(-1)?.image];
  const text = first && last && frames.length > 1 ? advantageText(first.cost, last.cost) : undefined;
  return text ? <p class="advantage">{text}</p> : null;
}

function altOf(prompt: string): string {
  return prompt || "An image without a prompt";
}
