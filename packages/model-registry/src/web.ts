export { resolveWebModel, type WebModel, type WebResolveOptions } from "./web/resolve-web-model.js";
