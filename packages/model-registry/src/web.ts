export { droppedFiles } from "./web/dropped-files.js";
export { clearDownloads } from "./web/part-store.js";
export { resolveWebModel, type WebModel, type WebResolveOptions } from "./web/resolve-web-model.js";
