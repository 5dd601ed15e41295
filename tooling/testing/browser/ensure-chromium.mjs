// Ensures that there is a Chromium for the browser tests, by Debian's package: no npm package contains a browser for
// Node 20 (the newest @sparticuz/chromium needs Node 22), and Playwright's own download comes from a CDN.
import { spawnSync } from "node:child_process";
import { findChromium } from "./find-chromium.mjs";

const apt = (...args) =>
  spawnSync("apt-get", args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

/** Installs Debian's Chromium if there is none and the user is root; otherwise exits with instructions. */
export function ensureChromium() {
  if (findChromium()) return;
  if (process.platform === "linux" && process.getuid?.() === 0) {
    console.log("Installing Chromium …");
    const install = () => apt("install", "--yes", "--no-install-recommends", "chromium");
    if (install() || (apt("update") && install())) return;
  }
  console.error(
    "The browser tests need Chromium: install it (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to a Chromium or Chrome.",
  );
  process.exit(1);
}
