import { useEffect } from "preact/hooks";
import type { Controller } from "../control/controller.js";
import type { Action, AppState } from "../state/app-state.js";
import type { Store } from "../state/store.js";
import { DropZone } from "./drop-zone.js";
import { Examples } from "./examples.js";
import { GalleryStrip } from "./gallery-strip.js";
import { Header } from "./header.js";
import { ImageActions } from "./image-actions.js";
import { ModelPanel } from "./model-panel.js";
import { ProblemNote } from "./problem-note.js";
import { PromptBar } from "./prompt-bar.js";
import { SettingsPanel } from "./settings-panel.js";
import { Stage } from "./stage.js";
import { StartPanel } from "./start-panel.js";
import { StatusLine } from "./status-line.js";
import { useStore } from "./use-store.js";

interface Props {
  readonly store: Store<AppState, Action>;
  readonly controller: Controller;
}

export function App({ store, controller }: Props) {
  const state = useStore(store);
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape" && store.state().running) controller.cancel();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [store, controller]);
  const props = { state, controller };
  const [only, more] = state.frames;
  return (
    <>
      <Header offline={state.offline} />
      <main class="layout" tabIndex={-1}>
        <div class="workbench">
          <PromptBar {...props} />
          <Examples controller={controller} />
          {state.problem && (
            <ProblemNote
              problem={state.problem}
              hasModel={state.model.status !== "failed"}
              controller={controller}
            />
          )}
          <Stage state={state} />
          <div class="under">
            <StatusLine state={state} />
            {only?.image && !more && <ImageActions image={only.image} controller={controller} />}
          </div>
          <GalleryStrip {...props} />
        </div>
        <aside class="panels" aria-label="Controls">
          <SettingsPanel {...props} />
          <StartPanel {...props} />
          <ModelPanel {...props} />
        </aside>
      </main>
      <DropZone controller={controller} />
    </>
  );
}
