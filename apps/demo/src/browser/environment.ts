import type { Environment } from "../control/environment.js";
import { loadImage } from "./load-image.js";

/** The side effects of a page whose images an engine makes. */
export const browserEnvironment = (startEngine: Environment["startEngine"]): Environment => ({
  startEngine,
  now: Date.now,
  createUrl: (blob) => URL.createObjectURL(blob),
  revokeUrl: (url) => URL.revokeObjectURL(url),
  loadImage,
});
