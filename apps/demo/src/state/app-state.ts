// The whole page as one value, and what changes it.

import type { RgbImage } from "sunstep";
import { addPicture, type MadePicture } from "./gallery.js";
import type { ModelInfo } from "./model.js";
import type { Problem } from "./problems.js";
import type { Progress } from "./progress.js";
import { initialSettings, type Settings, settingsForModel } from "./settings.js";
import { type Comparison, noComparison, type Shot } from "./shots.js";
import type { StartPicture } from "./start-picture.js";

/** A picture on the stage, being made or there. */
export interface ShotState {
  readonly shot: Shot;
  readonly progress?: Progress;
  /** What there is of it so far. */
  readonly preview?: RgbImage;
  readonly picture?: MadePicture;
  /** Stays to be seen until there is something newer. */
  readonly previous?: MadePicture;
}

export type ModelState =
  | { readonly status: "opening"; readonly progress: Progress; readonly info?: ModelInfo }
  | { readonly status: "ready"; readonly info: ModelInfo }
  | { readonly status: "failed" };

export interface AppState {
  readonly settings: Settings;
  /** Else every press of the button rolls another seed. */
  readonly seedLocked: boolean;
  readonly live: boolean;
  readonly comparison: Comparison;
  readonly start?: StartPicture | undefined;
  readonly model: ModelState;
  /** Settings that were asked for before the model was there, and win over what suits it. */
  readonly wanted?: Partial<Settings> | undefined;
  readonly shots: readonly ShotState[];
  readonly running: boolean;
  readonly gallery: readonly MadePicture[];
  readonly problem?: Problem | undefined;
  /** All that the page needs is kept by the browser. */
  readonly offline: boolean;
  /** What was just done, for eyes and screen readers. */
  readonly notice: string;
}

export type Action =
  | { readonly type: "edited"; readonly change: Partial<Settings> }
  | { readonly type: "restored"; readonly change: Partial<Settings>; readonly from: string }
  | {
      readonly type: "switched";
      readonly change: Partial<Pick<AppState, "seedLocked" | "live" | "comparison">>;
    }
  | { readonly type: "start-changed"; readonly start: StartPicture | undefined }
  | { readonly type: "model-opening"; readonly progress: Progress }
  | { readonly type: "model-opened"; readonly info: ModelInfo; readonly keepsSettings: boolean }
  | { readonly type: "model-adapted"; readonly info: ModelInfo }
  | { readonly type: "model-failed"; readonly problem: Problem }
  | { readonly type: "run-began"; readonly shots: readonly Shot[] }
  | {
      readonly type: "shot-progressed";
      readonly index: number;
      readonly progress?: Progress | undefined;
      readonly preview?: RgbImage | undefined;
    }
  | { readonly type: "shot-done"; readonly index: number; readonly picture: MadePicture }
  | { readonly type: "run-ended"; readonly problem?: Problem }
  | { readonly type: "shown"; readonly picture: MadePicture }
  | { readonly type: "offline-ready" }
  | { readonly type: "noticed"; readonly notice: string }
  | { readonly type: "problem"; readonly problem: Problem | undefined };

export const initialState: AppState = {
  settings: initialSettings,
  seedLocked: false,
  live: false,
  comparison: noComparison,
  model: { status: "opening", progress: { text: "Starting" } },
  shots: [],
  running: false,
  gallery: [],
  offline: false,
  notice: "",
};

export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case "edited":
      return { ...state, settings: { ...state.settings, ...action.change } };
    case "restored":
      return {
        ...state,
        settings: { ...state.settings, ...action.change },
        seedLocked: true,
        wanted: state.model.status === "ready" ? state.wanted : action.change,
        notice: `Settings restored from ${action.from}`,
      };
    case "switched":
      return { ...state, ...action.change };
    case "start-changed":
      return { ...state, start: action.start };
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
      return began(state, action.shots);
    case "shot-progressed": {
      const { progress, preview } = action;
      return changeShot(state, action.index, { ...(progress && { progress }), ...(preview && { preview }) });
    }
    case "shot-done":
      return {
        ...changeShot(state, action.index, { picture: action.picture }),
        gallery: addPicture(state.gallery, action.picture),
      };
    case "run-ended":
      return { ...state, running: false, shots: state.shots.map(settle), problem: action.problem };
    case "shown":
      return {
        ...state,
        shots: [{ shot: { title: "", settings: action.picture.settings }, picture: action.picture }],
      };
    case "offline-ready":
      return { ...state, offline: true };
    case "noticed":
      return { ...state, notice: action.notice };
    case "problem":
      return { ...state, problem: action.problem };
  }
}

/** Whether the next picture can use an adapter. The embedded model, which is opened first, has one. */
export function hasSun({ model }: AppState): boolean {
  if (model.status === "failed") return false;
  return model.info === undefined || model.info.sun !== undefined;
}

function opened(state: AppState, info: ModelInfo, keepsSettings: boolean): AppState {
  const { settings } = state;
  const suited = keepsSettings ? settings : settingsForModel(settings, info.defaults, info.sun !== undefined);
  return {
    ...state,
    model: { status: "ready", info },
    settings: { ...suited, ...state.wanted },
    wanted: undefined,
    problem: undefined,
    notice: `${info.name} is ready`,
  };
}

/** A new adapter is one to be used. */
function adapted(state: AppState, info: ModelInfo): AppState {
  const before = hasSun(state);
  const sun = info.sun !== undefined && (before ? state.settings.sun : true);
  return { ...state, model: { status: "ready", info }, settings: { ...state.settings, sun } };
}

function began(state: AppState, shots: readonly Shot[]): AppState {
  const shown = state.shots.map(({ picture, previous }) => picture ?? previous);
  const fits = shown.length === shots.length;
  return {
    ...state,
    running: true,
    problem: undefined,
    notice: "",
    shots: shots.map((shot, index) => {
      const previous = fits ? shown[index] : shots.length === 1 ? shown[0] : undefined;
      return { shot, ...(previous && { previous }) };
    }),
  };
}

function changeShot(state: AppState, index: number, change: Partial<ShotState>): AppState {
  const changed = (shot: ShotState): ShotState =>
    change.picture ? { shot: shot.shot, picture: change.picture } : { ...shot, ...change };
  return { ...state, shots: state.shots.map((shot, at) => (at === index ? changed(shot) : shot)) };
}

/** What is left of a shot when nothing more is done: no half picture. */
function settle({ shot, picture, previous }: ShotState): ShotState {
  const shown = picture ?? previous;
  return { shot, ...(shown && { picture: shown }) };
}
