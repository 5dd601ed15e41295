// The state of the whole page as one value, and the actions that change it.

import type { RgbImage } from "sunstep";
import { type Abilities, inBrowser } from "./abilities.js";
import { type Acceleration, embeddedAcceleration } from "./acceleration.js";
import { type Comparison, noComparison, type Variant } from "./comparison.js";
import { addImage, type MadeImage, merged } from "./gallery.js";
import type { ModelInfo } from "./model.js";
import type { Problem } from "./problem.js";
import type { Progress } from "./progress.js";
import { initialSettings, type Settings, settingsForModel } from "./settings.js";
import { fitSides, hiresRange, sideRange } from "./size-limits.js";
import type { StartImage } from "./start-image.js";

/** A place on the stage for one image, finished or in progress. */
export interface Frame {
  readonly variant: Variant;
  readonly progress?: Progress;
  /** The image so far, or in live mode the newest draft. */
  readonly preview?: RgbImage;
  readonly image?: MadeImage;
  /** Shown until a preview or the image replaces it. */
  readonly previous?: MadeImage;
}

export type ModelState =
  | { readonly status: "opening"; readonly progress: Progress; readonly info?: ModelInfo }
  | { readonly status: "ready"; readonly info: ModelInfo }
  | { readonly status: "failed" };

export interface AppState {
  readonly settings: Settings;
  readonly abilities: Abilities;
  /** The models of a server, to choose from. */
  readonly models: readonly string[];
  /** If false, every press of the button rolls another seed. */
  readonly seedLocked: boolean;
  readonly live: boolean;
  readonly comparison: Comparison;
  readonly start?: StartImage | undefined;
  /** The stage shows the starting image, to paint its mask. */
  readonly painting: boolean;
  readonly model: ModelState;
  /** Settings restored before the model was ready; they take precedence over its defaults. */
  readonly wanted?: Partial<Settings> | undefined;
  readonly frames: readonly Frame[];
  readonly running: boolean;
  /** The current run, or the last one, follows what is typed. */
  readonly following: boolean;
  readonly gallery: readonly MadeImage[];
  readonly problem?: Problem | undefined;
  /** The browser has stored every file that the page needs. */
  readonly offline: boolean;
  /** The result of the last action, for the status line and screen readers. */
  readonly notice: string;
}

export type Action =
  | { readonly type: "edited"; readonly change: Partial<Settings> }
  | { readonly type: "restored"; readonly change: Partial<Settings>; readonly from: string }
  | {
      readonly type: "switched";
      readonly change: Partial<Pick<AppState, "seedLocked" | "live" | "comparison" | "painting">>;
    }
  | { readonly type: "start-changed"; readonly start: StartImage | undefined }
  | { readonly type: "model-opening"; readonly progress: Progress }
  | { readonly type: "model-opened"; readonly info: ModelInfo; readonly keepsSettings: boolean }
  | { readonly type: "model-adapted"; readonly info: ModelInfo }
  | { readonly type: "model-failed"; readonly problem: Problem }
  | { readonly type: "run-began"; readonly variants: readonly Variant[]; readonly live: boolean }
  | {
      readonly type: "frame-progressed";
      readonly index: number;
      readonly progress?: Progress | undefined;
      readonly preview?: RgbImage | undefined;
      /** The preview is too early to take the place of a finished image. */
      readonly washedOut?: boolean | undefined;
    }
  | { readonly type: "frame-done"; readonly index: number; readonly image: MadeImage }
  | { readonly type: "run-ended"; readonly problem?: Problem }
  | { readonly type: "shown"; readonly image: MadeImage }
  | { readonly type: "gallery-restored"; readonly gallery: readonly MadeImage[] }
  | { readonly type: "gallery-cleared" }
  | ({ readonly type: "session-restored"; readonly settings: Partial<Settings> } & Pick<
      AppState,
      "seedLocked" | "live" | "comparison"
    >)
  | { readonly type: "offline-ready" }
  | { readonly type: "noticed"; readonly notice: string }
  | { readonly type: "problem"; readonly problem: Problem | undefined };

export const initialState: AppState = {
  settings: initialSettings,
  abilities: inBrowser,
  models: [],
  seedLocked: false,
  live: false,
  comparison: noComparison,
  painting: false,
  model: { status: "opening", progress: { text: "Starting" } },
  frames: [],
  running: false,
  following: false,
  gallery: [],
  offline: false,
  notice: "",
};

export function reduce(state: AppState, action: Action): AppState {
  return withinLimits(changed(state, action));
}

function changed(state: AppState, action: Action): AppState {
  switch (action.type) {
    case "edited":
      return { ...state, settings: { ...state.settings, ...action.change } };
    case "restored": {
      const change = possible(action.change, state.abilities);
      return {
        ...state,
        settings: { ...state.settings, ...change },
        seedLocked: true,
        wanted: state.model.status === "ready" ? state.wanted : change,
        notice: `Settings restored from ${action.from}`,
      };
    }
    case "switched":
      return { ...state, ...action.change };
    case "start-changed":
      return started(state, action.start);
    case "model-opening":
      return { ...state, model: { ...state.model, status: "opening", progress: action.progress } };
    case "model-opened":
      return opened(state, action.info, action.keepsSettings);
    case "model-adapted":
      return adapted(state, action.info);
    case "model-failed": {
      const info = state.model.status === "opening" ? state.model.info : undefined;
      const model: ModelState = info ? { status: "ready", info } : { status: "failed" };
      return { ...state, model, problem: action.problem };
    }
    case "run-began":
      return began(state, action.variants, action.live);
    case "frame-progressed": {
      const { index, progress, preview, washedOut } = action;
      const shown = preview && !(washedOut && state.frames[index]?.previous);
      return changeFrame(state, index, { ...(progress && { progress }), ...(shown && { preview }) });
    }
    case "frame-done":
      return {
        ...changeFrame(state, action.index, { image: action.image }),
        gallery: addImage(state.gallery, action.image),
      };
    case "run-ended":
      return { ...state, running: false, frames: state.frames.map(settle), problem: action.problem };
    case "shown":
      return {
        ...state,
        frames: [{ variant: { title: "", settings: action.image.settings }, image: action.image }],
        painting: false,
      };
    case "gallery-restored":
      return { ...state, gallery: merged(state.gallery, action.gallery) };
    case "gallery-cleared":
      return { ...state, gallery: [], notice: "The gallery is empty" };
    case "session-restored": {
      const { type: _, settings: kept, ...switches } = action;
      const settings = possible(kept, state.abilities);
      return { ...state, ...switches, settings: { ...state.settings, ...settings }, wanted: settings };
    }
    case "offline-ready":
      return { ...state, offline: true };
    case "noticed":
      return { ...state, notice: action.notice };
    case "problem":
      return { ...state, problem: action.problem };
  }
}

/** Leaves out settings that cannot be chosen where images are made. */
function possible(change: Partial<Settings>, { sampling }: Abilities): Partial<Settings> {
  if (sampling) return change;
  const { accelerated, accelerationScale, method, negativeMethod, ...others } = change;
  return others;
}

/** Returns the index of the image that is being made; undefined between runs. */
export function currentFrame({ running, frames }: AppState): number | undefined {
  const index = frames.findIndex(({ image }) => !image);
  return running && index >= 0 ? index : undefined;
}

export function modelInfo({ model }: AppState): ModelInfo | undefined {
  return model.status === "failed" ? undefined : model.info;
}

/** Reduces a size of a link, an image or another model that this model cannot make on this device, and says so. */
function withinLimits(state: AppState): AppState {
  const { settings, notice } = state;
  const range = sideRange(modelInfo(state));
  const { width, height } = fitSides(settings, range);
  const most = settings.hires ? hiresRange({ width, height }, range).max : settings.hiresScale;
  const hiresScale = Math.min(settings.hiresScale, most);
  const fits = width === settings.width && height === settings.height;
  if (fits && hiresScale === settings.hiresScale) return state;
  const made = fits
    ? `${hiresScale} times its size, the most here`
    : `${width} × ${height}, the largest size here`;
  return {
    ...state,
    settings: { ...settings, width, height, hiresScale },
    notice: notice ? `${notice}, at ${made}` : `Made at ${made}`,
  };
}

/** Returns the acceleration that the next image can use. The embedded model, which is opened first, has one. */
export function accelerationOf(state: AppState): Acceleration | undefined {
  if (state.model.status === "failed") return undefined;
  const info = modelInfo(state);
  if (info) return info.acceleration;
  return state.abilities.sampling ? embeddedAcceleration : undefined;
}

function opened(state: AppState, info: ModelInfo, keepsSettings: boolean): AppState {
  const { settings } = state;
  const suited = keepsSettings
    ? settings
    : settingsForModel(settings, info.defaults, info.acceleration !== undefined);
  return {
    ...state,
    model: { status: "ready", info },
    settings: { ...suited, ...state.wanted },
    wanted: undefined,
    problem: undefined,
    notice: `${info.name} is ready`,
  };
}

/** Turns on an adapter that was just loaded. */
function adapted(state: AppState, info: ModelInfo): AppState {
  const chosen = accelerationOf(state) ? state.settings.accelerated : true;
  const accelerated = chosen && info.acceleration !== undefined;
  return { ...state, model: { status: "ready", info }, settings: { ...state.settings, accelerated } };
}

/** Opens a new starting image for painting. */
function started(state: AppState, start: StartImage | undefined): AppState {
  const painting = start !== undefined && (start.id !== state.start?.id || state.painting);
  return { ...state, start, painting };
}

/** Keeps on the stage what fits; a live run also keeps the draft of the run before it. */
function began(state: AppState, variants: readonly Variant[], live: boolean): AppState {
  const shown = state.frames.map(({ image, previous }) => image ?? previous);
  const fits = shown.length === variants.length;
  return {
    ...state,
    running: true,
    following: live,
    // A live run shows its image beneath the mask.
    painting: state.painting && live,
    problem: undefined,
    notice: "",
    frames: variants.map((variant, index) => {
      const previous = fits ? shown[index] : variants.length === 1 ? shown[0] : undefined;
      const preview = live && fits ? state.frames[index]?.preview : undefined;
      return { variant, ...(previous && { previous }), ...(preview && { preview }) };
    }),
  };
}

function changeFrame(state: AppState, index: number, change: Partial<Frame>): AppState {
  const changed = (frame: Frame): Frame =>
    change.image ? { variant: frame.variant, image: change.image } : { ...frame, ...change };
  return { ...state, frames: state.frames.map((frame, at) => (at === index ? changed(frame) : frame)) };
}

/** Drops the progress and preview of a frame whose run has ended. */
function settle({ variant, image, previous }: Frame): Frame {
  const shown = image ?? previous;
  return { variant, ...(shown && { image: shown }) };
}
