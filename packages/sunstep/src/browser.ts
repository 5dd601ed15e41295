// The entry of "sunstep" for browsers: the same names as in Node.
export { SunstepError } from "@sunstep/errors";
export { decodeImage } from "@sunstep/image";
export { openTextEncoders } from "@sunstep/pipeline";
export { detectDevices } from "@sunstep/runtime-web";
export { listSchedulers } from "@sunstep/scheduler";
export { listModels } from "./browser/list-models.js";
export { loadImage } from "./browser/load-image.js";
export { StableDiffusion } from "./browser/stable-diffusion.js";
export { sunstepErrors, sunstepWarnings } from "./errors.js";
export { schedulerOf } from "./parameters/sampler-names.js";
export { readParameters } from "./parameters/sun-parameters.js";
export type * from "./public-types.js";
export { version } from "./version.js";
