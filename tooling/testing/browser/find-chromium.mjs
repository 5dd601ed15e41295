// Finds Chromium. Plain JavaScript without dependencies, since `npm test` runs it before anything is installed.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const elsewhere = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Returns CHROMIUM_PATH, else the first Chromium or Chrome on the path. */
export function findChromium() {
  const { CHROMIUM_PATH: chosen, PATH = "" } = process.env;
  if (chosen) return chosen;
  const onPath = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...elsewhere].find((file) => existsSync(file));
}
