import { toggleTheme } from "../browser/theme.js";
import { Icon } from "./icon.js";

export function Header({ offline }: { readonly offline: boolean }) {
  return (
    <header class="header">
      <h1>
        <svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
          <path d="M10 48h10v-8h10v-8h10v-8h14" />
          <circle cx="24" cy="18" r="9" />
        </svg>
        sunstep
      </h1>
      <button
        type="button"
        class="plain"
        aria-label="Dark or light"
        title="Dark or light"
        onClick={toggleTheme}
      >
        <Icon name="theme" />
      </button>
      <p>
        <span class="wide">Images in four steps, made in this browser. </span>
        Nothing is sent anywhere
        {offline ? "; it works offline." : "."}
      </p>
    </header>
  );
}
