import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { raiseAttention } from "./attention.js";
import { raiseGelu } from "./gelu.js";
import { raiseGroupNormalization } from "./group-normalization.js";
import { joinProjections } from "./joined-projections.js";
import { raiseLinear } from "./linear.js";
import { raisePaddedChannels } from "./padded-channels.js";
import { raisePaddedKeys } from "./padded-keys.js";
import { raiseSigmoidGates } from "./sigmoid-gates.js";
import { raiseSumOfSquares } from "./sum-of-squares.js";
import { toOpset23 } from "./to-opset-23.js";
import { raiseUpsampledConvolutions } from "./upsampled-convolutions.js";

/** To the raised vocabulary, which adapters work on: from our lowered graphs, and from the commonest exports. */
export const raise: readonly Pass[] = [
  removeIdentities,
  raiseAttention,
  raiseGroupNormalization,
  raiseSigmoidGates,
  raiseGelu,
  joinProjections,
  raiseLinear,
  raisePaddedChannels,
  raisePaddedKeys,
  raiseSumOfSquares,
  raiseUpsampledConvolutions,
  toOpset23,
];
