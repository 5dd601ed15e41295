import { toggleTheme } from "../browser/theme.js";
import type { AppState } from "../state/app-state.js";
import { IconButton } from "./icon-button.js";

export function Header({ state: { offline, abilities } }: { readonly state: AppState }) {
  return (
    <header class="header">
      <h1>
        <svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
          <path d="M10 48h10v-8h10v-8h10v-8h14" />
          <circle cx="24" cy="18" r="9" />
        </svg>
        sunstep
      </h1>
      <IconButton icon="theme" label="Dark or light" onClick={toggleTheme} />
      {abilities.files ? (
        <p>
          <span class="wide">Images in four steps, made in this browser. </span>
          Nothing is sent anywhere
          {offline ? "; it works offline." : "."}
        </p>
      ) : (
        <p>
          <span class="wide">Images in few steps. </span>
          Made by {location.host}.
        </p>
      )}
    </header>
  );
}
