import { SunstepError } from "@sunstep/errors";
import { beforeEach, expect, it, vi } from "vitest";
import { Controller } from "../../src/control/controller.js";
import {
  type Action,
  type AppState,
  accelerationOf,
  initialState,
  reduce,
} from "../../src/state/app-state.js";
import { createStore, type Store } from "../../src/state/store.js";
import { standInEngine } from "./stand-in-engine.js";

let engine: ReturnType<typeof standInEngine>;
let store: Store<AppState, Action>;
let controller: Controller;

beforeEach(async () => {
  engine = standInEngine();
  store = createStore(reduce, initialState);
  controller = new Controller(store, {
    startEngine: engine.start,
    now: () => 0,
    createUrl: () => "blob:",
    loadImage: async () => undefined,
    revokeUrl: () => undefined,
  });
  await controller.open({ kind: "embedded" });
});

const state = () => store.state();
const done = () =>
  vi.waitFor(() => expect([state().running, state().frames.length > 0]).toEqual([false, true]));
const file = (name: string, type = "") => new File(["x"], name, { type });

it("makes images from the settings, with a new seed each time unless it is locked", async () => {
  controller.make();
  await done();
  const first = state().settings.seed;
  expect(engine.finished.map(({ options }) => options.seed)).toEqual([first]);
  controller.switch({ seedLocked: true });
  controller.make();
  await vi.waitFor(() => expect(engine.finished).toHaveLength(2));
  expect(engine.finished[1]?.options.seed).toBe(first);
  controller.switch({ seedLocked: false });
  controller.make();
  await vi.waitFor(() => expect(engine.finished).toHaveLength(3));
  expect(engine.finished[2]?.options.seed).not.toBe(first);
});

it("uses the defaults of a model that is still opening for an image requested meanwhile", async () => {
  controller.edit({ width: 999 });
  controller.open({ kind: "embedded" });
  controller.makeAgain();
  await done();
  expect(engine.finished[0]?.options.width).toBe(128);
});

it("shows a draft of every live run that began, however often keys arrive, and refines the last prompt", async () => {
  controller.switch({ live: true });
  const began: string[] = [];
  store.subscribe(() => {
    const { frames, running } = state();
    const prompt = frames[0]?.variant.settings.prompt;
    if (running && prompt !== undefined && began.at(-1) !== prompt) began.push(prompt);
  });
  const text = "a cat and a dog";
  for (let end = 1; end <= text.length; end++) {
    controller.edit({ prompt: text.slice(0, end) });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await done();
  const drafts = engine.drafted.map(({ prompt }) => prompt);
  expect(drafts).toEqual(began);
  expect(drafts.length).toBeGreaterThan(1);
  expect(drafts.length).toBeLessThan(text.length);
  expect(new Set(engine.drafted.map(({ options }) => options.steps))).toEqual(new Set([2]));
  const [last] = engine.finished.slice(-1);
  expect([last?.prompt, last?.options.steps]).toEqual([text, 4]);
  expect(state().frames[0]?.image?.settings).toMatchObject({ prompt: text, acceleratedSteps: 4 });
  expect(state().gallery[0]?.settings.prompt).toBe(text);
});

it("takes the newest prompt as soon as a draft is shown, instead of refining it", async () => {
  controller.switch({ live: true });
  controller.edit({ prompt: "first" });
  await vi.waitFor(() => expect(state().running).toBe(true), { interval: 0 });
  controller.edit({ prompt: "second" });
  controller.edit({ prompt: "third" });
  await vi.waitFor(() => expect(engine.finished).toHaveLength(1));
  expect(engine.drafted.map(({ prompt }) => prompt)).toEqual(["first", "third"]);
  expect(engine.finished.map(({ prompt }) => prompt)).toEqual(["third"]);
});

it("refines a draft while nothing is typed, and leaves that for the next key", async () => {
  controller.switch({ live: true });
  controller.edit({ prompt: "first" });
  await vi.waitFor(() => expect(engine.asked.at(-1)?.prompt).toBe("first"), { interval: 0 });
  controller.edit({ prompt: "second" });
  await vi.waitFor(() => expect(engine.finished.at(-1)?.prompt).toBe("second"));
  expect(engine.finished.map(({ prompt }) => prompt)).not.toContain("first");
});

it("cancels a draft only on request", async () => {
  controller.switch({ live: true });
  await vi.waitFor(() => expect(state().running).toBe(true), { interval: 0 });
  controller.cancel();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([engine.drafted, engine.finished, state().running]).toEqual([[], [], false]);
});

it("cancels at once, without a problem note or a partial image", async () => {
  controller.make();
  await new Promise<void>((resolve) => store.subscribe(() => state().frames[0]?.progress && resolve()));
  controller.cancel();
  expect(state()).toMatchObject({ running: false, problem: undefined, gallery: [] });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(state()).toMatchObject({ running: false, problem: undefined, gallery: [] });
  expect(engine.finished).toEqual([]);
});

it("cancels the current run when another model is opened", async () => {
  controller.make();
  await vi.waitFor(() => expect(state().running).toBe(true), { interval: 0 });
  await controller.open({ kind: "embedded" });
  expect(state()).toMatchObject({ running: false, gallery: [] });
});

it("makes compared images one by one, the quickest first", async () => {
  controller.switch({ comparison: { guided: true, negative: false } });
  controller.make();
  await vi.waitFor(() => expect(engine.finished).toHaveLength(2));
  expect(
    engine.finished.map(({ options, acceleration }) => [
      acceleration?.accelerated,
      options.steps,
      options.guidanceScale,
    ]),
  ).toEqual([
    [true, 4, undefined],
    [false, 25, 4],
  ]);
  expect(new Set(engine.finished.map(({ options }) => options.seed)).size).toBe(1);
});

it("makes a compared image again whose time is that of the first run", async () => {
  engine.warmsUp();
  controller.switch({ comparison: { guided: true, negative: false } });
  controller.make();
  await vi.waitFor(() => expect(state().gallery).toHaveLength(2));
  expect(engine.finished.map(({ options }) => options.steps)).toEqual([4, 4, 25]);
  expect(state().gallery.map(({ cost }) => cost.milliseconds)).toEqual([100, 100]);
  controller.switch({ comparison: { guided: false, negative: false } });
  engine.warmsUp();
  controller.make();
  await vi.waitFor(() => expect(state().gallery).toHaveLength(3));
  expect(engine.finished).toHaveLength(4);
  expect(state().gallery[0]?.cost).toEqual({ evaluations: 4 });
});

it("opens files by their contents", async () => {
  await controller.openFiles([file("lora.safetensors")]);
  expect(state().model).toMatchObject({ info: { loras: [{ name: "lora.safetensors", scale: 1 }] } });
  await controller.openFiles([file("checkpoint.safetensors")]);
  expect(state().model).toMatchObject({ info: { name: "checkpoint.safetensors", loras: [] } });
  await controller.openFiles([file("sketch.png", "image/png")]);
  expect(state().start?.image.width).toBe(2);
  await controller.openFiles([file("embedding.safetensors")]);
  expect(state().model).toMatchObject({ info: { embeddings: ["embedding.safetensors"] } });
  await controller.adapt((models) => models.removeEmbedding("embedding.safetensors"));
  expect(state().model).toMatchObject({ info: { embeddings: [] } });
  await controller.openFiles([file("vae.safetensors")]);
  expect(state().problem?.sentence).toBe("vae.safetensors is a vae. Leave it.");
});

it("opens a checkpoint before the adapters that were dropped with it", async () => {
  await controller.openFiles([
    file("acceleration.safetensors"),
    file("lora.safetensors"),
    file("checkpoint.safetensors"),
  ]);
  expect(state().model).toMatchObject({
    info: { name: "checkpoint.safetensors", loras: [{ name: "lora.safetensors" }] },
  });
  expect(engine.calls.slice(-3)).toEqual([
    "open file",
    "acceleration acceleration.safetensors",
    "lora lora.safetensors 1",
  ]);
});

it("opens a dropped folder as a model, and reports an empty one", async () => {
  const folder = [{ path: "mine/model_index.json", file: file("model_index.json") }];
  await controller.openDropped(Promise.resolve({ files: [], folders: [folder] }));
  expect(state().model).toMatchObject({ status: "ready", info: { name: "mine" } });
  await controller.openDropped(Promise.resolve({ files: [file("lora.safetensors")], folders: [[]] }));
  expect(state().problem?.sentence).toBe("The folder is empty.");
  expect(state().model).toMatchObject({ info: { name: "mine", loras: [{ name: "lora.safetensors" }] } });
});

it("leaves a removed acceleration off until another model is opened", async () => {
  await controller.adapt((models) => models.removeAcceleration());
  expect(state().model).toMatchObject({ status: "ready", info: { name: "emoji" } });
  expect([accelerationOf(state()), state().settings.accelerated]).toEqual([undefined, false]);
  await controller.recover("reload");
  expect(engine.calls.at(-1)).toBe("open embedded without acceleration");
  expect(accelerationOf(state())).toBeUndefined();
  await controller.open({ kind: "embedded" });
  expect([accelerationOf(state())?.adapter, state().settings.accelerated]).toEqual(["emoji-sun", true]);
});

it("keeps the model requested last of two, whichever takes longer to open", async () => {
  engine.calls.length = 0;
  engine.opensIn(20);
  const first = controller.open({ kind: "file", file: file("slow.safetensors") });
  await new Promise((resolve) => setTimeout(resolve, 5));
  engine.opensIn(0);
  await Promise.all([first, controller.open({ kind: "file", file: file("quick.safetensors") })]);
  expect(engine.calls).toEqual(["open file", "open cancelled", "open file"]);
  expect(state().model).toMatchObject({ status: "ready", info: { name: "quick.safetensors" } });
  expect(state().problem).toBeUndefined();
});

it("offers a retry only for a failed run", async () => {
  engine.failWith(new SunstepError("SOMETHING", "it went wrong"));
  await controller.act(() => Promise.reject(new Error("denied")));
  expect(state().problem).toMatchObject({ sentence: "denied.", recoveries: [] });
  controller.make();
  await vi.waitFor(() => expect(state().problem?.recoveries).toEqual(["retry"]));
  await controller.open({ kind: "embedded" });
  expect(state().problem).toMatchObject({ sentence: "it went wrong.", recoveries: ["embedded"] });
});

it("keeps model and adapters if a checkpoint cannot be opened", async () => {
  await controller.openFiles([file("lora.safetensors")]);
  engine.failWith(new SunstepError("CHECKPOINT_TRUNCATED", "it ends early"));
  await controller.openFiles([file("checkpoint.safetensors")]);
  expect(state().problem).toMatchObject({ sentence: "it ends early.", recoveries: ["embedded"] });
  expect(state().model).toMatchObject({ status: "ready", info: { name: "emoji" } });
});

it("reloads the model with adapters, scales and settings after a lost device", async () => {
  await controller.openFiles([file("lora.safetensors")]);
  await controller.adapt((models) => models.scaleLora("lora.safetensors", 0.5));
  controller.edit({ width: 256, prompt: "a boat" });
  engine.failWith(new SunstepError("RUN_FAILED", "unet: the WebGPU device was lost"));
  controller.make();
  await vi.waitFor(() => expect(state().problem?.recoveries).toEqual(["reload"]));
  engine.failWith(undefined);
  engine.calls.length = 0;
  await controller.recover("reload");
  expect(engine.calls).toEqual(["start", "open embedded", "lora lora.safetensors 0.5"]);
  expect(state()).toMatchObject({ problem: undefined, settings: { width: 256, prompt: "a boat" } });
});

it("retries at half the size when out of memory", async () => {
  controller.edit({ width: 256, height: 128 });
  engine.failWith(new SunstepError("OUT_OF_MEMORY", "bad_alloc"));
  controller.make();
  await vi.waitFor(() => expect(state().problem?.recoveries).toContain("smaller"));
  engine.failWith(undefined);
  await controller.recover("smaller");
  await vi.waitFor(() => expect(engine.finished[0]?.options).toMatchObject({ width: 128, height: 64 }));
});

it("restores the settings of a gallery image and locks its seed", async () => {
  controller.edit({ prompt: "first" });
  controller.make();
  await done();
  const [image] = state().gallery;
  controller.edit({ prompt: "second", seed: 1 });
  controller.show(image!);
  expect(state()).toMatchObject({ settings: image!.settings, seedLocked: true, running: false });
  expect(state().frames[0]?.image).toBe(image);
});
