import { fixShapes, hoistConstants, type Pass, removeDeadCode, removeIdentities } from "@sunstep/onnx-graph";
import { raiseAttention } from "./attention.js";
import { raiseContrib } from "./contrib.js";
import { dropUnusedDomains } from "./drop-unused-domains.js";
import { raiseGelu } from "./gelu.js";
import { raiseGroupNorm } from "./group-norm.js";
import { raiseImages } from "./images.js";
import { joinSlices } from "./join-slices.js";
import { raiseLayerNorm } from "./layer-norm.js";
import { raiseLinear } from "./linear.js";
import { removeNeutral } from "./neutral.js";
import { reshapeConstants } from "./reshape-constants.js";
import { raiseSigmoidGates } from "./sigmoid-gates.js";
import { raiseToFloat32 } from "./to-float32.js";
import { raiseToOpset23 } from "./to-opset-23.js";

/** To the raised vocabulary, which adapters work on, from the forms that exporters and ONNX Runtime's optimizer write. */
export const raise: readonly Pass[] = [
  hoistConstants,
  removeIdentities,
  raiseToOpset23,
  raiseToFloat32,
  raiseContrib,
  removeNeutral,
  raiseLayerNorm,
  raiseAttention,
  removeNeutral,
  raiseGroupNorm,
  raiseSigmoidGates,
  raiseGelu,
  raiseLinear,
  joinSlices,
  raiseImages,
  removeNeutral,
  reshapeConstants,
  removeDeadCode,
  dropUnusedDomains,
];

/**
 * To the raised vocabulary from a graph of open sizes, as exporters write it, for inputs of these sizes. Computes in float32,
 * whatever type the weights are stored in.
 */
export function raiseAt(sizes: Readonly<Record<string, readonly number[]>>): readonly Pass[] {
  return [hoistConstants, raiseToFloat32, fixShapes(sizes), ...raise];
}
