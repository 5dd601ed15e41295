export { bundleScript } from "./bundle-script.js";
export { type LaunchOptions, launchChromium } from "./launch-chromium.js";
export { memoryOf } from "./memory-of.js";
export { openTestPage, type TestPage } from "./open-test-page.js";
export { type StaticServer, serveFolders } from "./serve-folders.js";
