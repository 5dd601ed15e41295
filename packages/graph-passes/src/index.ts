export { type GraphPassErrorCode, graphPassErrors } from "./errors.js";
export {
  attentionToMultiHeadAttention,
  unmaskedAttentionToMultiHeadAttention,
} from "./lower/attention-to-multi-head-attention.js";
export { attentionToSoftmax } from "./lower/attention-to-softmax.js";
export { lowerForCpu } from "./lower/for-cpu.js";
export { lowerForWebGpu } from "./lower/for-web-gpu.js";
export { geluToContribGelu } from "./lower/gelu-to-contrib-gelu.js";
export { geluToErf } from "./lower/gelu-to-erf.js";
export { groupNormalizationToInstanceNormalization } from "./lower/group-normalization-to-instance-normalization.js";
export { groupNormalizationToLayerNormalization } from "./lower/group-normalization-to-layer-normalization.js";
export { linearToGemm } from "./lower/linear-to-gemm.js";
export { sigmoidGatesToQuickGelu } from "./lower/sigmoid-gates-to-quick-gelu.js";
export { splitProjections } from "./lower/split-projections.js";
export { lowerToElementary } from "./lower/to-elementary.js";
export { toOpset17 } from "./lower/to-opset-17.js";
export { upsampledConvolutions } from "./lower/upsampled-convolutions.js";
export { raiseAttention } from "./raise/attention.js";
export { raiseGelu } from "./raise/gelu.js";
export { raiseGroupNormalization } from "./raise/group-normalization.js";
export { joinProjections } from "./raise/joined-projections.js";
export { raiseLinear } from "./raise/linear.js";
export { raise } from "./raise/raise.js";
export { raiseSigmoidGates } from "./raise/sigmoid-gates.js";
export { toOpset23 } from "./raise/to-opset-23.js";
export { raiseUpsampledConvolutions } from "./raise/upsampled-convolutions.js";
export { type InvariantSplit, splitInvariant } from "./split-invariant.js";
