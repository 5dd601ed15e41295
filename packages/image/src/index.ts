export { contactSheet } from "./contact-sheet.js";
export {
  type DecodedImage,
  type DecodeImageOptions,
  decodeImage,
  decodeImageInSlices,
} from "./decode-image.js";
export { imageErrors } from "./errors.js";
export { imageToTensor, tensorToImages } from "./image-to-tensor.js";
export { checkMaskSize, type MaskReduction, maskToLatents, maskToTensor, resizeMask } from "./mask.js";
export { type EncodePngOptions, encodePng } from "./png/encode-png.js";
export { readPngText } from "./png/png-text.js";
export { type ResizeOptions, resize } from "./resize.js";
export { checkImage, type RgbImage, toGrey, toRgb } from "./rgb-image.js";
export { type GeneratorProgram, generatorProgram } from "./text/generator-program.js";
export { readImageText } from "./text/image-text.js";
export { formatParameters, type Parameters, parseParameters } from "./text/parameters.js";
