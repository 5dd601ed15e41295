import { useState } from "preact/hooks";
import type { Controller } from "../control/controller.js";
import type { AppState } from "../state/app-state.js";
import { firstBrush } from "../state/brush.js";
import { FrameView, NewestImage, proportions } from "./frame-view.js";
import { ImageActions } from "./image-actions.js";
import { MaskCanvas } from "./mask-canvas.js";
import { PaintTools } from "./paint-tools.js";
import { RgbCanvas } from "./rgb-canvas.js";
import { StatusLine } from "./status-line.js";

interface Props {
  readonly state: AppState;
  readonly controller: Controller;
}

/** The images: one, or several side by side to compare; or the starting image, whose mask is painted on it. */
export function Stage({ state, controller }: Props) {
  const [brush, setBrush] = useState(firstBrush);
  const { start, painting } = state;
  const frames = state.frames.length > 0 ? state.frames : [undefined];
  const paints = painting && start !== undefined;
  return (
    <section class="stage" aria-label="Image" data-count={paints ? 1 : frames.length}>
      <div class="frames">
        {paints ? (
          <div class="paper" style={proportions(start.image)}>
            <RgbCanvas image={start.image} label="The image to start from" />
            <LiveResult state={state} />
            <MaskCanvas
              start={start}
              brush={brush}
              onBrush={setBrush}
              onChange={(next) => controller.setStart(next)}
            />
          </div>
        ) : (
          frames.map((frame, index) => <FrameView key={index} frame={frame} index={index} state={state} />)
        )}
      </div>
      <div class="under">
        <StatusLine state={state} />
        {paints ? (
          <PaintTools start={start} brush={brush} onBrush={setBrush} controller={controller} />
        ) : (
          state.frames.length > 0 && <ImageActions state={state} controller={controller} />
        )}
      </div>
    </section>
  );
}

/** In live mode, the newest image from the starting image, beneath its mask. */
function LiveResult({ state: { frames, following } }: { readonly state: AppState }) {
  const [frame, more] = frames;
  return following && frame && !more ? <NewestImage frame={frame} stale={false} /> : null;
}
