import { hoistConstants, type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { raiseAttention } from "./attention.js";
import { dropUnusedDomains } from "./drop-unused-domains.js";
import { raiseGelu } from "./gelu.js";
import { raiseGroupNorm } from "./group-norm.js";
import { raiseLinear } from "./linear.js";
import { raiseSigmoidGates } from "./sigmoid-gates.js";
import { raiseToOpset23 } from "./to-opset-23.js";

/** To the raised vocabulary, which adapters work on, from the forms that exporters and ONNX Runtime's optimizer write. */
export const raise: readonly Pass[] = [
  hoistConstants,
  removeIdentities,
  raiseToOpset23,
  raiseAttention,
  raiseGroupNorm,
  raiseSigmoidGates,
  raiseGelu,
  raiseLinear,
  dropUnusedDomains,
];
