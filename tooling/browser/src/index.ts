export { bundlePage, type PageBundle } from "./bundle-page.js";
export { type LaunchOptions, launchChromium } from "./launch-chromium.js";
export { type StaticServer, serveFolders } from "./serve-folders.js";
