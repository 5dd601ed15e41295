import type { AppState, ShotState } from "../state/app-state.js";
import type { Progress } from "../state/progress.js";
import { advantageText, costText } from "../state/shots.js";
import { RgbCanvas } from "./rgb-canvas.js";

/** The pictures: one, or several to compare. */
export function Stage({ state }: { readonly state: AppState }) {
  const { shots, settings, running, model } = state;
  const opening = model.status === "opening" ? model.progress : undefined;
  const frames = shots.length > 0 ? shots : [undefined];
  return (
    <section class="stage" aria-label="Picture" data-count={frames.length}>
      <div class="frames">
        {frames.map((shot, index) => (
          <Frame key={index} shot={shot} fallback={settings} running={running} opening={opening} />
        ))}
      </div>
      <Advantage shots={shots} />
    </section>
  );
}

interface FrameProps {
  readonly shot: ShotState | undefined;
  readonly fallback: { readonly width: number; readonly height: number };
  readonly running: boolean;
  /** Of the model, which comes before the picture. */
  readonly opening: Progress | undefined;
}

function Frame({ shot, fallback, running, opening }: FrameProps) {
  const shown = shot?.picture ?? shot?.previous;
  const { width, height } = shot?.picture ?? shot?.shot.settings ?? fallback;
  const making = running && !shot?.picture;
  const progress = making ? shot?.progress : opening;
  return (
    <figure class="frame">
      <div
        class="paper"
        style={{ aspectRatio: `${width} / ${height}`, "--ratio": width / height }}
        aria-busy={making}
      >
        {shown && !shot?.preview && (
          <img src={shown.url} alt={altOf(shown.settings.prompt)} class={making ? "stale" : undefined} />
        )}
        {shot?.preview && <RgbCanvas image={shot.preview} label="Preview" />}
        {(making || opening) && <Bar fraction={progress?.fraction} />}
      </div>
      {shot?.shot.title && (
        <figcaption>
          <strong>{shot.shot.title}</strong>
          <span>{shot.picture ? costText(shot.picture.cost) : (shot.progress?.text ?? "Waiting")}</span>
        </figcaption>
      )}
    </figure>
  );
}

/** Without a fraction it breathes: nobody knows how long compiling takes. */
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

function Advantage({ shots }: { readonly shots: readonly ShotState[] }) {
  const [first, last] = [shots[0]?.picture, shots.at(-1)?.picture];
  const text = first && last && shots.length > 1 ? advantageText(first.cost, last.cost) : undefined;
  return text ? <p class="advantage">{text}</p> : null;
}

function altOf(prompt: string): string {
  return prompt || "A picture without a prompt";
}
