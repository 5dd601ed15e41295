import { expect, it } from "vitest";
import { type AppState, initialState } from "../../src/state/app-state.js";
import type { MadeImage } from "../../src/state/gallery.js";
import { spokenStatus, statusText } from "../../src/state/status.js";

const texts = (state: AppState) => [statusText(state), spokenStatus(state)];
const variant = { title: "", settings: initialState.settings };
const ready: AppState = {
  ...initialState,
  model: {
    status: "ready",
    info: {
      name: "emoji",
      architecture: "sd1",
      backend: "stand-in",
      defaults: { width: 128, height: 128, guidanceScale: 4 },
      loras: [],
      embeddings: [],
      files: [],
      warnings: [],
    },
  },
};

it("shows every step, and gives screen readers the beginning and the end", () => {
  const opening = { status: "opening", progress: { text: "Downloading the model, 2 MB of 38 MB" } } as const;
  expect(texts({ ...ready, model: opening })).toEqual([
    "Downloading the model, 2 MB of 38 MB",
    "Opening the model",
  ]);
  const running = { ...ready, running: true, frames: [{ variant, progress: { text: "Step 3 of 4" } }] };
  expect(texts(running)).toEqual(["Step 3 of 4", "Making the image"]);
  const image = {
    settings: initialState.settings,
    cost: { evaluations: 4, milliseconds: 420 },
  } as MadeImage;
  const done = { ...ready, notice: "Link copied", frames: [{ variant, image }] };
  const result = "Link copied. 4 evaluations, 0.42 s, seed 42";
  expect(texts(done)).toEqual([result, result]);
});
