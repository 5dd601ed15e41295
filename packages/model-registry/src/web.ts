export { clearDownloads } from "./web/download/part-store.js";
export { droppedFiles } from "./web/dropped-files.js";
export { resolveWebModel } from "./web/resolve-web-model.js";
export type { WebModel, WebResolveOptions } from "./web/web-model.js";
