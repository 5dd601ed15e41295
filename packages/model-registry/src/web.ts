export { droppedFiles } from "./web/dropped-files.js";
export { clearDownloads } from "./web/part-store.js";
export { resolveWebModel } from "./web/resolve-web-model.js";
export type { WebModel, WebResolveOptions } from "./web/web-model.js";
