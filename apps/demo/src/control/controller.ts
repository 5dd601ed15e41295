// The actions of the page: a method for everything that is clicked, typed or dropped.

import { SunstepError } from "@sunstep/errors";
import type { ModelSource, RecognisedFile } from "../engine/engine.js";
import { type Action, type AppState, modelInfo } from "../state/app-state.js";
import type { MadeImage } from "../state/gallery.js";
import { type KeptSession, settingsOf } from "../state/kept.js";
import { type FileInFolder, folderSource } from "../state/picked-folder.js";
import { problemOf, type RecoveryAction, reportOf } from "../state/problem.js";
import { clampTo, ranges, rollSeed, type Settings } from "../state/settings.js";
import { missingParts, settingsFromParameters } from "../state/settings-from-parameters.js";
import { settingsToLink } from "../state/settings-link.js";
import { fittingSize, type StartImage } from "../state/start-image.js";
import type { Store } from "../state/store.js";
import type { Dropped } from "./dropped-files.js";
import type { Environment } from "./environment.js";
import { Models } from "./models.js";
import { createRuns } from "./runs.js";

/** The name of the model that the page opens first. */
const embeddedModel = "emoji";

export class Controller {
  readonly models: Models;
  readonly #store: Store<AppState, Action>;
  readonly #environment: Environment;
  readonly #runs: ReturnType<typeof createRuns>;
  #lastStart = 0;

  constructor(store: Store<AppState, Action>, environment: Environment) {
    this.#store = store;
    this.#environment = environment;
    this.models = new Models(store, environment);
    this.#runs = createRuns(store, this.models, environment);
  }

  /** Makes images from the current settings, with a new seed unless it is locked. */
  make(): void {
    const { seedLocked, live } = this.#store.state();
    if (!seedLocked && !live) this.#store.dispatch({ type: "edited", change: { seed: rollSeed() } });
    this.#runs.submit({ live });
  }

  /** Makes images with the current seed. */
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

  /** Applies an example's settings and makes images with the current seed. */
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

  /** Shows an image of the gallery and restores its settings. */
  show(image: MadeImage): void {
    this.cancel();
    this.#store.dispatch({ type: "shown", image });
    this.restore(image.settings, "the image");
  }

  /**
   * Goes on where the last visit ended, with the model `open`. Shows its newest image if that has its settings; returns false if there is none.
   */
  resume(session: KeptSession, open = embeddedModel): boolean {
    const { live, seedLocked, comparison } = session;
    const settings = settingsOf(session, open);
    this.#store.dispatch({ type: "session-restored", settings, seedLocked, live, comparison });
    const { gallery, settings: restored } = this.#store.state();
    const image = gallery.find((kept) => settingsToLink(kept.settings) === settingsToLink(restored));
    if (image) this.#store.dispatch({ type: "shown", image });
    return image !== undefined;
  }

  /** Empties the gallery, and with it the browser's storage. */
  clearGallery(): void {
    const { gallery, frames } = this.#store.state();
    this.#store.dispatch({ type: "gallery-cleared" });
    const shown = new Set(frames.map((frame) => (frame.image ?? frame.previous)?.id));
    for (const { id, url } of gallery) if (!shown.has(id)) this.#environment.revokeUrl(url);
  }

  setStart(start: StartImage | undefined): void {
    this.#store.dispatch({ type: "start-changed", start });
    this.#followLive();
  }

  /** Starts from an image, and takes over its proportions. */
  startFrom(file: Blob): Promise<void> {
    return this.#reporting(async () => {
      const { image } = await this.models.engine.readImage(file);
      this.#startFrom(image);
    });
  }

  /** Opens a model and cancels the current run. */
  open(source: ModelSource): Promise<void> {
    this.cancel();
    return this.models.open(source);
  }

  /** Opens dropped or picked files: models, adapters and images, told apart by their contents. */
  async openFiles(files: readonly File[]): Promise<void> {
    const isImage = (file: File) => /^image\//.test(file.type);
    const models: { readonly file: File; readonly recognised: RecognisedFile }[] = [];
    for (const file of files.filter((file) => !isImage(file))) {
      await this.#reporting(async () => {
        models.push({ file, recognised: await this.models.engine.recognise(file) });
      });
    }
    // A checkpoint drops the adapters of the model before it, so that adapters come after.
    models.sort((a, b) => openingOrder(a.recognised) - openingOrder(b.recognised));
    for (const { file, recognised } of models) {
      await this.#reporting(() => this.#openFile(file, recognised));
    }
    for (const file of files.filter(isImage)) await this.#reporting(() => this.#openImage(file));
  }

  /** Opens dropped folders, then files as `openFiles` does. */
  openDropped(dropped: Promise<Dropped>): Promise<void> {
    return this.#reporting(async () => {
      const { files, folders } = await dropped;
      for (const folder of folders) await this.openFolder(folder);
      await this.openFiles(files);
    });
  }

  /** Opens a diffusers folder as a model. */
  openFolder(files: readonly FileInFolder[]): Promise<void> {
    return this.#reporting(async () => {
      const source = folderSource(files);
      if (!source) throw new SunstepError("FILE_NOT_USED", "The folder is empty");
      await this.open(source);
    });
  }

  /** Changes an adapter and reports a failure. */
  adapt(change: (models: Models) => Promise<void>): Promise<void> {
    return this.#reporting(async () => {
      await change(this.models);
      this.#followLive();
    });
  }

  /** Runs `work` and reports its result, or a failure. */
  act(work: () => Promise<string | undefined>): Promise<void> {
    return this.#reporting(async () => {
      const notice = await work();
      if (notice !== undefined) this.#store.dispatch({ type: "noticed", notice });
    });
  }

  dismiss(): void {
    this.#store.dispatch({ type: "problem", problem: undefined });
  }

  async recover(action: RecoveryAction): Promise<void> {
    this.#store.dispatch({ type: "problem", problem: undefined });
    switch (action) {
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

  async #openFile(file: File, { kind, recognised, advice }: RecognisedFile): Promise<void> {
    if (kind === "checkpoint") return this.open({ kind: "file", file });
    if (kind !== "acceleration" && kind !== "lora" && kind !== "embedding") {
      throw new SunstepError("FILE_NOT_USED", `${file.name} is ${recognised}. ${advice}`);
    }
    await this.adapt((models) => models.addAdapter(kind, file));
    this.#store.dispatch({ type: "noticed", notice: `${file.name} is ${recognised}: loaded` });
  }

  async #openImage(file: File): Promise<void> {
    const { image, parameters } = await this.models.engine.readImage(file);
    if (!parameters) return this.#startFrom(image);
    const missing = missingParts(parameters, modelInfo(this.#store.state()));
    const from = missing === undefined ? file.name : `${file.name}, which was made with ${missing}`;
    this.restore(settingsFromParameters(parameters), from);
    this.#followLive();
  }

  #startFrom(image: StartImage["image"]): void {
    const { settings } = this.#store.state();
    this.#store.dispatch({ type: "edited", change: fittingSize(image, settings) });
    this.setStart({ id: ++this.#lastStart, image, edits: [] });
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

/** Sorts checkpoints before adapters. */
function openingOrder({ kind }: RecognisedFile): number {
  return kind === "checkpoint" ? 0 : 1;
}
