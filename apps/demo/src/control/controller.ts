// What the page does when something is clicked, typed or dropped.

import { SunstepError } from "@sunstep/errors";
import type { ModelSource } from "../engine/engine.js";
import type { Action, AppState } from "../state/app-state.js";
import type { MadePicture } from "../state/gallery.js";
import { type FileInFolder, folderSource } from "../state/picked-folder.js";
import { problemOf, reportOf, type WayOn } from "../state/problems.js";
import { clampTo, ranges, rollSeed, type Settings } from "../state/settings.js";
import { missingParts, settingsFromParameters } from "../state/settings-from-parameters.js";
import { fittingSize, type StartPicture } from "../state/start-picture.js";
import type { Store } from "../state/store.js";
import type { Dropped } from "./dropped-files.js";
import { Models } from "./models.js";
import { createRuns } from "./runs.js";
import type { Surroundings } from "./surroundings.js";

export class Controller {
  readonly models: Models;
  readonly #store: Store<AppState, Action>;
  readonly #runs: ReturnType<typeof createRuns>;
  #lastStart = 0;

  constructor(store: Store<AppState, Action>, surroundings: Surroundings) {
    this.#store = store;
    this.models = new Models(store, surroundings);
    this.#runs = createRuns(store, this.models, surroundings);
  }

  /** Makes pictures as the controls say; with an unlocked seed, from another one each time. */
  make(): void {
    const { seedLocked, live } = this.#store.state();
    if (!seedLocked && !live) this.#store.dispatch({ type: "edited", change: { seed: rollSeed() } });
    this.#runs.submit({ live });
  }

  /** Makes pictures with the seed that is there. */
  makeAgain(): void {
    this.#runs.submit({ live: this.#store.state().live });
  }

  cancel(): void {
    this.#runs.cancel();
    this.#store.dispatch({ type: "run-ended" });
  }

  edit(change: Partial<Settings>): void {
    this.#store.dispatch({ type: "edited", change });
    this.#followLive();
  }

  /** An example: other words, the same seed. */
  try(change: Partial<Settings>): void {
    this.#store.dispatch({ type: "edited", change });
    this.makeAgain();
  }

  switch(change: Extract<Action, { type: "switched" }>["change"]): void {
    this.#store.dispatch({ type: "switched", change });
    if (change.live || change.comparison) this.#followLive();
  }

  restore(change: Partial<Settings>, from: string): void {
    this.#store.dispatch({ type: "restored", change, from });
  }

  /** Shows a picture of the gallery again, with its settings. */
  show(picture: MadePicture): void {
    this.cancel();
    this.#store.dispatch({ type: "shown", picture });
    this.restore(picture.settings, "the picture");
  }

  setStart(start: StartPicture | undefined): void {
    this.#store.dispatch({ type: "start-changed", start });
    this.#followLive();
  }

  /** A new picture to start from brings its proportions along. */
  startFrom(picture: Blob): Promise<void> {
    return this.#reporting(async () => {
      const { image } = await this.models.engine.readPicture(picture);
      this.#startFrom(image);
    });
  }

  /** Opens a model; what is being made with the one before is given up. */
  open(source: ModelSource): Promise<void> {
    this.cancel();
    return this.models.open(source);
  }

  /** Files that were dropped or picked: models, adapters and pictures, told apart by what is in them. */
  async openFiles(files: readonly File[]): Promise<void> {
    for (const file of files) {
      await this.#reporting(() =>
        /^image\//.test(file.type) ? this.#openPicture(file) : this.#openFile(file),
      );
    }
  }

  /** What was dropped: as `openFiles`, and folders. */
  openDropped(dropped: Promise<Dropped>): Promise<void> {
    return this.#reporting(async () => {
      const { files, folders } = await dropped;
      for (const folder of folders) await this.openFolder(folder);
      await this.openFiles(files);
    });
  }

  /** A model as a folder of diffusers. */
  openFolder(files: readonly FileInFolder[]): Promise<void> {
    return this.#reporting(async () => {
      const source = folderSource(files);
      if (!source) throw new SunstepError("FILE_NOT_USED", "The folder is empty");
      await this.open(source);
    });
  }

  /** Changes an adapter, and says so if it does not work. */
  adapt(change: (models: Models) => Promise<void>): Promise<void> {
    return this.#reporting(async () => {
      await change(this.models);
      this.#followLive();
    });
  }

  /** Does something that may fail, and says that it is done. */
  act(work: () => Promise<void>, done: string): Promise<void> {
    return this.#reporting(async () => {
      await work();
      this.#store.dispatch({ type: "noticed", notice: done });
    });
  }

  dismiss(): void {
    this.#store.dispatch({ type: "problem", problem: undefined });
  }

  async takeWayOn(way: WayOn): Promise<void> {
    this.#store.dispatch({ type: "problem", problem: undefined });
    switch (way) {
      case "retry":
        return this.makeAgain();
      case "smaller": {
        const { width, height } = this.#store.state().settings;
        const half = { width: clampTo(ranges.width, width / 2), height: clampTo(ranges.height, height / 2) };
        this.#store.dispatch({ type: "edited", change: half });
        return this.makeAgain();
      }
      case "embedded":
        return this.open({ kind: "embedded" });
      case "reload":
        this.cancel();
        return this.models.reload();
    }
  }

  async #openFile(file: File): Promise<void> {
    const { kind, recognised, advice } = await this.models.engine.recognise(file);
    if (kind === "checkpoint") return this.open({ kind: "file", file });
    if (kind !== "sun-adapter" && kind !== "lora") {
      throw new SunstepError("FILE_NOT_USED", `${file.name} is ${recognised}. ${advice}`);
    }
    await this.adapt((models) => models.addAdapter(kind, file));
    this.#store.dispatch({ type: "noticed", notice: `${file.name} is ${recognised}: loaded` });
  }

  async #openPicture(file: File): Promise<void> {
    const { image, parameters } = await this.models.engine.readPicture(file);
    if (!parameters) return this.#startFrom(image);
    const { model } = this.#store.state();
    const missing = missingParts(parameters, model.status === "failed" ? undefined : model.info);
    const from = missing === undefined ? file.name : `${file.name}, which was made with ${missing}`;
    this.restore(settingsFromParameters(parameters), from);
    this.#followLive();
  }

  #startFrom(image: StartPicture["image"]): void {
    const { settings } = this.#store.state();
    this.#store.dispatch({ type: "edited", change: fittingSize(image, settings) });
    this.setStart({ id: ++this.#lastStart, image });
  }

  #followLive(): void {
    if (this.#store.state().live) this.#runs.submit({ live: true });
  }

  async #reporting(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#store.dispatch({ type: "problem", problem: problemOf(reportOf(error), []) });
    }
  }
}
