import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { unmaskedAttentionToMultiHeadAttention } from "./attention-to-multi-head-attention.js";
import { attentionToSoftmax } from "./attention-to-softmax.js";
import { geluToContribGelu } from "./gelu-to-contrib-gelu.js";
import { groupNormalizationToInstanceNormalization } from "./group-normalization-to-instance-normalization.js";
import { sigmoidGatesToQuickGelu } from "./sigmoid-gates-to-quick-gelu.js";
import { toOpset17 } from "./to-opset-17.js";

/** From the raised vocabulary to the forms that ONNX Runtime's WebGPU provider has kernels for. */
export const lowerForWebGpu: readonly Pass[] = [
  removeIdentities,
  unmaskedAttentionToMultiHeadAttention,
  attentionToSoftmax,
  groupNormalizationToInstanceNormalization,
  sigmoidGatesToQuickGelu,
  geluToContribGelu,
  toOpset17,
];
