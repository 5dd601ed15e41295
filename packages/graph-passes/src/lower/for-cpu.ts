import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { attentionToMultiHeadAttention } from "./attention-to-multi-head-attention.js";
import { biasedConvolutions } from "./biased-convolutions.js";
import { geluToContribGelu } from "./gelu-to-contrib-gelu.js";
import { groupNormalizationToLayerNormalization } from "./group-normalization-to-layer-normalization.js";
import { linearToGemm } from "./linear-to-gemm.js";
import { paddedKeys } from "./padded-keys.js";
import { sigmoidGatesToQuickGelu } from "./sigmoid-gates-to-quick-gelu.js";
import { splitProjections } from "./split-projections.js";
import { sumOfSquaresToDotProduct } from "./sum-of-squares-to-dot-product.js";
import { toOpset17 } from "./to-opset-17.js";
import { upsampledConvolutions } from "./upsampled-convolutions.js";

/** From the raised vocabulary to the forms that ONNX Runtime's CPU provider runs fastest. */
export const lowerForCpu: readonly Pass[] = [
  removeIdentities,
  paddedKeys,
  linearToGemm,
  splitProjections,
  biasedConvolutions,
  upsampledConvolutions,
  attentionToMultiHeadAttention,
  groupNormalizationToLayerNormalization,
  sigmoidGatesToQuickGelu,
  geluToContribGelu,
  sumOfSquaresToDotProduct,
  toOpset17,
];
