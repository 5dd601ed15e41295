import { type AppState, currentFrame, type Frame } from "../state/app-state.js";
import { costText } from "../state/cost.js";
import type { Size } from "../state/settings.js";
import { RgbCanvas } from "./rgb-canvas.js";

interface Props {
  /** Undefined before the first run. */
  readonly frame: Frame | undefined;
  readonly index: number;
  readonly state: AppState;
}

/** One image on the stage, finished or in progress, with its title if there are several. */
export function FrameView({ frame, index, state }: Props) {
  const { settings, running, following, model } = state;
  const making = running && !frame?.image;
  const opening = model.status === "opening" ? model.progress : undefined;
  const current = making && index === currentFrame(state);
  return (
    <figure
      class="paper"
      style={proportions(frame?.image ?? frame?.variant.settings ?? settings)}
      aria-busy={making}
    >
      {frame && <NewestImage frame={frame} stale={making && !following} />}
      {opening && <Bar fraction={opening.fraction} />}
      {!opening && current && !following && <Bar fraction={frame?.progress?.fraction} />}
      {frame?.variant.title && (
        <figcaption>
          <strong>{frame.variant.title}</strong>{" "}
          <em>{frame.image ? costText(frame.image.cost) : (frame.progress?.text ?? "Waiting")}</em>
        </figcaption>
      )}
    </figure>
  );
}

/** The newest that there is of a frame: its image, a preview, or the image before it. */
export function NewestImage({ frame, stale }: { readonly frame: Frame; readonly stale: boolean }) {
  const shown = frame.image ?? frame.previous;
  return (
    <>
      {shown && (
        <img
          src={shown.url}
          alt={shown.settings.prompt || "An image without a prompt"}
          class={stale ? "stale" : undefined}
          // Otherwise the place is empty for a moment when the image changes.
          decoding="sync"
        />
      )}
      {frame.preview && <RgbCanvas image={frame.preview} label="Preview" />}
    </>
  );
}

/** Styles an element in the proportions of an image, as large as its container allows. */
export function proportions({ width, height }: Size) {
  return { aspectRatio: `${width} / ${height}`, "--ratio": width / height };
}

/** Pulses without a fraction, as for compiling, whose duration is unknown. */
function Bar({ fraction }: { readonly fraction?: number | undefined }) {
  return (
    <div class="bar" aria-hidden="true">
      {/* Another element, so that a bar does not shrink when its fraction becomes known. */}
      <span
        key={fraction === undefined ? "unknown" : "known"}
        class={fraction === undefined ? "unknown" : undefined}
        style={{ transform: `scaleX(${fraction ?? 1})` }}
      />
    </div>
  );
}
