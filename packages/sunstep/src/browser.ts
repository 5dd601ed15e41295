// What browsers get as "sunstep": the same names as in Node.
export type { Architecture } from "@sunstep/checkpoint";
export { SunstepError } from "@sunstep/errors";
export { type DecodedImage, decodeImage, type RgbImage } from "@sunstep/image";
export type { DeviceReport } from "@sunstep/runtime";
export { detectDevices } from "@sunstep/runtime-web";
export { listSchedulers, type PredictionType, type SchedulerConfig } from "@sunstep/scheduler";
export { listModels } from "./browser/list-models.js";
export { loadImage } from "./browser/load-image.js";
export { StableDiffusion } from "./browser/stable-diffusion.js";
export { sunstepErrors } from "./errors.js";
export { openTokenizer } from "./open-tokenizer.js";
export { type PictureParameters, readParameters } from "./read-parameters.js";
export { version } from "./version.js";
