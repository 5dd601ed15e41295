import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { attentionToSoftmax } from "./attention-to-softmax.js";
import { geluToErf } from "./gelu-to-erf.js";
import { groupNormalizationToLayerNormalization } from "./group-normalization-to-layer-normalization.js";
import { toOpset17 } from "./to-opset-17.js";

/** From the raised vocabulary to operators of ai.onnx 17 alone, which every backend knows. */
export const lowerToElementary: readonly Pass[] = [
  removeIdentities,
  attentionToSoftmax,
  groupNormalizationToLayerNormalization,
  geluToErf,
  toOpset17,
];
