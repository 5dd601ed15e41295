import { type Pass, removeIdentities } from "@sunstep/onnx-graph";
import { lowerAttentionToSoftmax } from "./attention-to-softmax.js";
import { computeProductsInFloat16 } from "./compute-products-in-float16.js";
import { fuseSigmoidGates } from "./fuse-sigmoid-gates.js";
import { lowerGeluToContrib } from "./gelu-to-contrib.js";
import { lowerGroupNormToInstanceNorm } from "./group-norm-to-instance-norm.js";
import { padChannels } from "./pad-channels.js";
import { sliceAttention } from "./slice-attention.js";
import { lowerToOpset17 } from "./to-opset-17.js";

/** Every device with WebGPU binds buffers of 128 MiB (https://www.w3.org/TR/webgpu/#limits, maxStorageBufferBindingSize). */
const BOUND_BYTES = 2 ** 27;

/**
 * From the raised vocabulary to the forms that ONNX Runtime's WebGPU provider has kernels for. Attention is written out,
 * because the provider's MultiHeadAttention (1.30, on SwiftShader) is off by 0.2 where 1e-6 is expected.
 */
export const lowerForWebGpu: readonly Pass[] = [
  removeIdentities,
  padChannels,
  sliceAttention({ scoreBytes: BOUND_BYTES }),
  lowerAttentionToSoftmax,
  lowerGroupNormToInstanceNorm,
  fuseSigmoidGates,
  lowerGeluToContrib,
  lowerToOpset17,
];

/** `lowerForWebGpu` for shaders that compute in float16: weights that are stored in float16 stay so. */
export const lowerForWebGpuInFloat16: readonly Pass[] = [...lowerForWebGpu, computeProductsInFloat16];
