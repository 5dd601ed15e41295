const key = "theme";

/** Applies the stored theme. Without one, or where storage is denied, the page follows the system. */
export function restoreTheme(): void {
  const chosen = kept((storage) => storage.getItem(key));
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const current = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  const next = current === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  kept((storage) => storage.setItem(key, next));
}

function kept<Value>(use: (storage: Storage) => Value): Value | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
