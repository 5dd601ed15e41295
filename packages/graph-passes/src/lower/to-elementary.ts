import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { lowerAttentionToSoftmax } from "./attention-to-softmax.js";
import { lowerGeluToErf } from "./gelu-to-erf.js";
import { lowerGroupNormToLayerNorm } from "./group-norm-to-layer-norm.js";
import { sliceAttention } from "./slice-attention.js";
import { lowerToOpset17 } from "./to-opset-17.js";

/** Bytes of the scores of one attention: SD1.5's largest at 512x512 are four times as many. */
const SCORE_BYTES = 2 ** 27;

/** From the raised vocabulary to operators of ai.onnx 17 alone, which every backend knows. */
export const lowerToElementary: readonly Pass[] = [
  removeIdentities,
  sliceAttention({ scoreBytes: SCORE_BYTES }),
  lowerAttentionToSoftmax,
  lowerGroupNormToLayerNorm,
  lowerGeluToErf,
  lowerToOpset17,
];
