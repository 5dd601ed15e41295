import { expect, it } from "vitest";
import { type Action, accelerationOf, initialState, reduce } from "../../src/state/app-state.js";
import type { Variant } from "../../src/state/comparison.js";
import type { MadeImage } from "../../src/state/gallery.js";
import type { ModelInfo } from "../../src/state/model.js";

const emoji: ModelInfo = {
  name: "emoji",
  architecture: "sd1",
  backend: "test",
  defaults: { width: 128, height: 128, guidanceScale: 4 },
  acceleration: { method: "SUN", fullName: "SpeedUpNet", adapter: "emoji-sun" },
  loras: [],
  embeddings: [],
  files: [],
  warnings: [],
};
const variant: Variant = { title: "", settings: initialState.settings };
const image: MadeImage = {
  id: 1,
  png: new Blob(),
  url: "blob:1",
  width: 128,
  height: 128,
  settings: initialState.settings,
  parameters: "",
  cost: { evaluations: 4, milliseconds: 400 },
  madeAt: 0,
  live: false,
};
const after = (...actions: Action[]) => actions.reduce(reduce, initialState);
const opened: Action = { type: "model-opened", info: emoji, keepsSettings: false };

it("prefers settings of a link to the defaults of a model that is still opening", () => {
  const change = { width: 256, accelerated: false, prompt: "x" };
  const { settings, seedLocked } = after({ type: "restored", change, from: "the link" }, opened);
  expect(settings).toMatchObject({ ...change, height: 128, guidanceScale: 4 });
  expect(seedLocked).toBe(true);
});

it("reduces a size that the model cannot make on this device, and says so", () => {
  const change = { width: 1024, height: 512 };
  const early = after({ type: "restored", change, from: "the link" }, opened);
  expect([early.settings.width, early.settings.height]).toEqual([512, 256]);
  expect(early.notice).toContain("512 × 256, the largest size here");
  const late = after(opened, { type: "restored", change, from: "the link" });
  expect(late.notice).toBe("Settings restored from the link, at 512 × 256, the largest size here");
});

it("bounds the scale of a second run by the size that is possible, and says so", () => {
  const edited = (change: object): Action => ({ type: "edited", change });
  const off = after(opened, edited({ width: 320, hiresScale: 4 }));
  expect(off.settings.hiresScale).toBe(4);
  const on = reduce(off, edited({ hires: true }));
  expect(on.settings.hiresScale).toBe(1.6);
  expect(on.notice).toContain("1.6 times its size, the most here");
  expect(reduce(on, edited({ width: 512 })).settings.hiresScale).toBe(1);
});

it("keeps all settings when a model is reopened", () => {
  const edited: Action = { type: "edited", change: { width: 64, guidanceScale: 9, accelerated: false } };
  const before = after(opened, edited);
  expect(reduce(before, { ...opened, keepsSettings: true }).settings).toEqual(before.settings);
});

it("keeps the open model if another one cannot be opened", () => {
  const problem = { code: "X", sentence: "no.", recoveries: [] };
  const opening: Action = { type: "model-opening", progress: { text: "…" } };
  const state = after(opened, opening, { type: "model-failed", problem });
  expect(state.model).toEqual({ status: "ready", info: emoji });
  expect(state.problem).toBe(problem);
  expect(after({ type: "model-failed", problem }).model).toEqual({ status: "failed" });
});

it("offers the embedded model's acceleration while the model is opening", () => {
  expect(accelerationOf(initialState)?.method).toBe("SUN");
});

it("turns a new acceleration on, and leaves one off that was turned off", () => {
  const { acceleration: _, ...plain } = emoji;
  const without = reduce(initialState, { ...opened, info: plain });
  expect([accelerationOf(without), without.settings.accelerated]).toEqual([undefined, false]);
  const adapted = reduce(without, { type: "model-adapted", info: emoji });
  expect([accelerationOf(adapted)?.adapter, adapted.settings.accelerated]).toEqual(["emoji-sun", true]);
  const guided = reduce(adapted, { type: "edited", change: { accelerated: false } });
  expect(reduce(guided, { type: "model-adapted", info: emoji }).settings.accelerated).toBe(false);
});

it("shows the old image until a preview of the new one arrives", () => {
  const began = after({ type: "shown", image }, { type: "run-began", variants: [variant], live: false });
  expect(began.frames).toEqual([{ variant, previous: image }]);
  expect(reduce(began, { type: "run-ended" }).frames).toEqual([{ variant, image }]);
  const preview = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const seen = reduce(began, {
    type: "frame-progressed",
    index: 0,
    progress: { text: "Step 1 of 4" },
    preview,
  });
  const more = reduce(seen, { type: "frame-progressed", index: 0, progress: { text: "Decoding" } });
  expect(more.frames[0]).toMatchObject({ progress: { text: "Decoding" }, preview });
  const newer = { ...image, id: 2 };
  const done = reduce(more, { type: "frame-done", index: 0, image: newer });
  expect(done.frames).toEqual([{ variant, image: newer }]);
  expect(done.gallery).toEqual([newer]);
});

it("does not let a washed-out preview take the place of a finished image", () => {
  const preview = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const progressed = (washedOut: boolean): Action => ({
    type: "frame-progressed",
    index: 0,
    preview,
    washedOut,
  });
  const began: Action = { type: "run-began", variants: [variant], live: false };
  expect(after(began, progressed(true)).frames[0]?.preview).toBe(preview);
  const beside = after({ type: "shown", image }, began, progressed(true));
  expect(beside.frames).toEqual([{ variant, previous: image }]);
  expect(reduce(beside, progressed(false)).frames[0]?.preview).toBe(preview);
});

it("keeps a draft on the stage until the next live run has one, and drops it when a run is cancelled", () => {
  const preview = { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) };
  const began = (live: boolean): Action => ({ type: "run-began", variants: [variant], live });
  const drafted = after({ type: "shown", image }, began(true), {
    type: "frame-progressed",
    index: 0,
    preview,
  });
  expect(reduce(drafted, began(true)).frames).toEqual([{ variant, previous: image, preview }]);
  expect(reduce(drafted, began(false)).frames).toEqual([{ variant, previous: image }]);
  expect(reduce(drafted, { type: "run-ended" }).frames).toEqual([{ variant, image }]);
});

it("opens a new starting image for painting until a run that does not follow the painting", () => {
  const start = {
    id: 1,
    edits: [],
    image: { width: 1, height: 1, channels: 3 as const, data: new Uint8Array(3) },
  };
  const began = (live: boolean): Action => ({ type: "run-began", variants: [variant], live });
  const opened = after({ type: "start-changed", start });
  expect(opened.painting).toBe(true);
  expect(reduce(opened, began(true)).painting).toBe(true);
  const made = reduce(opened, began(false));
  expect(made.painting).toBe(false);
  expect(reduce(made, { type: "start-changed", start: { ...start, edits: ["clear"] } }).painting).toBe(false);
  expect(reduce(opened, { type: "start-changed", start: undefined }).painting).toBe(false);
});

it("starts a comparison with empty frames after a single image", () => {
  const began = after(
    { type: "shown", image },
    { type: "run-began", variants: [variant, variant], live: false },
  );
  expect(began.frames).toEqual([{ variant }, { variant }]);
});
