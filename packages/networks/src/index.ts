export { addTokenEmbeds, GIVEN_TOKEN } from "./clip/add-token-embeds.js";
export { buildTextEncoder, type TextEncoderOptions } from "./clip/text-encoder.js";
export { addResiduals } from "./controlnet/add-residuals.js";
export { buildControlNet, type ControlNetOptions } from "./controlnet/controlnet.js";
export { buildResidualSum } from "./controlnet/residual-sum.js";
export {
  type ResidualNames,
  type ResidualSizes,
  residualNames,
  residualScales,
  residualShapes,
} from "./controlnet/residuals.js";
export { buildTaesdDecoder, buildTaesdEncoder, type TaesdOptions } from "./taesd/taesd.js";
export { activationBytes } from "./tiling/activation-bytes.js";
export { type CutModel, cutModel, resizedValues } from "./tiling/cut-model.js";
export { giveNorms, measureNorms, normGroups } from "./tiling/norm-statistics.js";
export { receptiveRadius } from "./tiling/receptive-radius.js";
export { buildUNet, type UNetOptions } from "./unet/unet.js";
export { buildVaeDecoder, type VaeDecoderOptions } from "./vae/decoder.js";
export { buildVaeEncoder, type VaeEncoderOptions } from "./vae/encoder.js";
