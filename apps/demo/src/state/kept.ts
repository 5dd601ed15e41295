// The part of the state that survives a reload, in the form in which it is stored.

import { type AppState, modelInfo } from "./app-state.js";
import type { Comparison } from "./comparison.js";
import type { MadeImage } from "./gallery.js";
import { schedulers } from "./schedulers.js";
import { initialSettings, type Settings } from "./settings.js";
import { settingsFromLink, settingsToLink } from "./settings-link.js";

export interface KeptSession {
  /** As in a link, which is checked when it is read. */
  readonly settings: string;
  readonly seedLocked: boolean;
  readonly live: boolean;
  readonly comparison: Comparison;
  /** The model's name: models themselves are not kept. */
  readonly model: string | undefined;
}

/** An image without its object URL, which ends with the page. */
export interface KeptImage extends Omit<MadeImage, "url" | "settings"> {
  readonly settings: string;
}

export interface Kept {
  readonly session?: KeptSession | undefined;
  /** In any order. */
  readonly images: readonly KeptImage[];
}

export function sessionOf(state: AppState): KeptSession {
  const { settings, seedLocked, live, comparison } = state;
  return { settings: settingsToLink(settings), seedLocked, live, comparison, model: modelInfo(state)?.name };
}

export function keptImage({ url: _, settings, ...image }: MadeImage): KeptImage {
  return { ...image, settings: settingsToLink(settings) };
}

export function madeImage({ settings, ...image }: KeptImage, url: string): MadeImage {
  return { ...image, url, settings: fromText(settings) };
}

/** Returns the settings of a session. Those that suited another model are the defaults of the model that is `open`. */
export function settingsOf({ settings, model }: KeptSession, open: string): Partial<Settings> {
  const { width, height, guidanceScale, ...others } = fromText(settings);
  return model === undefined || model === open ? { width, height, guidanceScale, ...others } : others;
}

function fromText(text: string): Settings {
  return { ...initialSettings, ...settingsFromLink(text, Object.keys(schedulers)) };
}
