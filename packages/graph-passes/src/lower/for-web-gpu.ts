import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { attentionToSoftmax } from "./attention-to-softmax.js";
import { geluToContribGelu } from "./gelu-to-contrib-gelu.js";
import { groupNormalizationToInstanceNormalization } from "./group-normalization-to-instance-normalization.js";
import { paddedChannels } from "./padded-channels.js";
import { sigmoidGatesToQuickGelu } from "./sigmoid-gates-to-quick-gelu.js";
import { toOpset17 } from "./to-opset-17.js";

/**
 * From the raised vocabulary to the forms that ONNX Runtime's WebGPU provider has kernels for. Attention is written out:
 * that of MultiHeadAttention (1.30, on SwiftShader) gives wrong numbers, off by 0.2 where 1e-6 is expected.
 */
export const lowerForWebGpu: readonly Pass[] = [
  removeIdentities,
  paddedChannels,
  attentionToSoftmax,
  groupNormalizationToInstanceNormalization,
  sigmoidGatesToQuickGelu,
  geluToContribGelu,
  toOpset17,
];
