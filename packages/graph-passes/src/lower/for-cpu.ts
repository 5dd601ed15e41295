import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { addConvBias } from "./add-conv-bias.js";
import { lowerAttentionToMha } from "./attention-to-mha.js";
import { fuseSigmoidGates } from "./fuse-sigmoid-gates.js";
import { lowerGeluToContrib } from "./gelu-to-contrib.js";
import { lowerGroupNormToLayerNorm } from "./group-norm-to-layer-norm.js";
import { lowerLinearToGemm } from "./linear-to-gemm.js";
import { padKeys } from "./pad-keys.js";
import { splitProjections } from "./split-projections.js";
import { splitUpsampledConvs } from "./split-upsampled-convs.js";
import { lowerSumOfSquares } from "./sum-of-squares-to-product.js";
import { lowerToOpset17 } from "./to-opset-17.js";

/** The convolutions of `lowerForCpu` alone, whose gradients cost less as well: for graphs that are trained. */
export const lowerConvsForCpu: readonly Pass[] = [addConvBias, splitUpsampledConvs];

/**
 * `lowerForCpu` with further passes over linear layers and convolutions, when those have become Gemm and Conv in the forms
 * that ONNX Runtime runs fastest. They may emit many nodes, and no other pass has to go over these.
 */
export const lowerForCpuWith = (products: readonly Pass[]): readonly Pass[] => [
  removeIdentities,
  padKeys,
  lowerLinearToGemm,
  splitProjections,
  ...lowerConvsForCpu,
  lowerAttentionToMha,
  lowerGroupNormToLayerNorm,
  fuseSigmoidGates,
  lowerGeluToContrib,
  lowerSumOfSquares,
  ...products,
  lowerToOpset17,
];

/** From the raised vocabulary to the forms that ONNX Runtime's CPU provider runs fastest. */
export const lowerForCpu: readonly Pass[] = lowerForCpuWith([]);
