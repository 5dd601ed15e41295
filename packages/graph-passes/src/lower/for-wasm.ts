import type { Pass } from "@sunstep/onnx-graph";
import { lowerAttentionToMha } from "./attention-to-mha.js";
import { lowerForCpuWith } from "./for-cpu.js";
import { type AttentionLimit, sliceAttention } from "./slice-attention.js";

/**
 * WebAssembly's MultiHeadAttention has no path that computes tile by tile, since no size of a cache is known there: it
 * holds all scores. It also estimates its cost as 2 * channels per head * queries * keys in 32 bits, which fails with
 * "Integer overflow" (onnxruntime/contrib_ops/cpu/bert/attention_cpu_base.h, ComputeAttentionProbs).
 */
const limit: AttentionLimit = { scoreBytes: 2 ** 26, products: 2 ** 29 };

/** `lowerForCpuWith` within WebAssembly's memory: it has the same kernels, but 4 GiB of addresses. */
export const lowerForWasmWith = (products: readonly Pass[]): readonly Pass[] =>
  lowerForCpuWith(products).flatMap((pass) =>
    pass === lowerAttentionToMha ? [sliceAttention(limit), pass] : [pass],
  );

/** `lowerForCpu` within WebAssembly's memory. */
export const lowerForWasm: readonly Pass[] = lowerForWasmWith([]);
