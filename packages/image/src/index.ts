export { contactSheet } from "./contact-sheet.js";
export {
  type DecodedImage,
  type DecodeImageOptions,
  decodeImage,
  decodeImageInSlices,
} from "./decode-image.js";
export { type EncodePngOptions, encodePng } from "./encode-png.js";
export { imageErrors } from "./errors.js";
export { type GeneratorProgram, generatorProgram } from "./generator-program.js";
export { readImageText } from "./image-text.js";
export { imageToTensor, tensorToImages } from "./image-to-tensor.js";
export { checkMaskSize, type MaskReduction, maskToLatents, maskToTensor, resizeMask } from "./mask.js";
export { formatParameters, type Parameters, parseParameters } from "./parameters.js";
export { readPngText } from "./png-text.js";
export { type ResizeOptions, resize } from "./resize.js";
export { checkImage, type RgbImage, toGrey, toRgb } from "./rgb-image.js";
