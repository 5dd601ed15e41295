import type { AppState, ShotState } from "../state/app-state.js";
import { advantageText, costText } from "../state/shots.js";
import { RgbCanvas } from "./rgb-canvas.js";

/** The pictures: one, or several to compare. */
export function Stage({ state }: { readonly state: AppState }) {
  const { shots, settings } = state;
  const frames = shots.length > 0 ? shots : [undefined];
  return (
    <section class="stage" aria-label="Picture" data-count={frames.length}>
      <div class="frames">
        {frames.map((shot, index) => (
          <Frame key={index} shot={shot} fallback={settings} running={state.running} />
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
}

function Frame({ shot, fallback, running }: FrameProps) {
  const shown = shot?.picture ?? shot?.previous;
  const { width, height } = shot?.picture ?? shot?.shot.settings ?? fallback;
  const waiting = running && !shot?.picture;
  return (
    <figure class="frame">
      <div
        class="paper"
        style={{ aspectRatio: `${width} / ${height}`, "--ratio": width / height }}
        aria-busy={waiting}
      >
        {shown && !shot?.preview && (
          <img src={shown.url} alt={altOf(shown.settings.prompt)} class={waiting ? "stale" : undefined} />
        )}
        {shot?.preview && <RgbCanvas image={shot.preview} label="Preview" />}
        {waiting && (
          <div class="bar" aria-hidden="true">
            <span
              class={shot?.progress?.fraction === undefined ? "unknown" : undefined}
              style={{ transform: `scaleX(${shot?.progress?.fraction ?? 1})` }}
            />
          </div>
        )}
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

function Advantage({ shots }: { readonly shots: readonly ShotState[] }) {
  const [first, last] = [shots[0]?.picture, shots.at(-1)?.picture];
  const text = first && last && shots.length > 1 ? advantageText(first.cost, last.cost) : undefined;
  return text ? <p class="advantage">{text}</p> : null;
}

function altOf(prompt: string): string {
  return prompt || "A picture without a prompt";
}
