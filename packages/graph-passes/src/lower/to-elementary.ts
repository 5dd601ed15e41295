import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { lowerAttentionToSoftmax } from "./attention-to-softmax.js";
import { lowerGeluToErf } from "./gelu-to-erf.js";
import { lowerGroupNormToLayerNorm } from "./group-norm-to-layer-norm.js";
import { lowerToOpset17 } from "./to-opset-17.js";

/** From the raised vocabulary to operators of ai.onnx 17 alone, which every backend knows. */
export const lowerToElementary: readonly Pass[] = [
  removeIdentities,
  lowerAttentionToSoftmax,
  lowerGroupNormToLayerNorm,
  lowerGeluToErf,
  lowerToOpset17,
];
