import { byteLength, type Model, runPasses } from "@sunstep/onnx-graph";
import { type LocalSession, type PrepareContext, weightBytes } from "@sunstep/runtime/worker";
import type { Tensor as OrtTensor } from "onnxruntime-web";
import { foldWeights, type StoreBytes } from "./fold-weights.js";
import { loweringFor } from "./lowering.js";
import { checkWeights } from "./ort-session.js";

/**
 * Lowers a model for WebAssembly. ONNX Runtime folds float32 weights itself; those of 8 bits are computed a part at a time.
 * @throws OUT_OF_MEMORY if the weights exceed what WebAssembly can hold
 */
export async function prepareForWasm(
  model: Model,
  context: PrepareContext,
  loadPart: (part: Model) => Promise<LocalSession<OrtTensor>>,
  store: StoreBytes,
): Promise<Model> {
  const { label, precision } = context;
  if (precision !== "int8") checkWeights(label, weightBytes(model), "float32");
  const lowered = runPasses(model, loweringFor({ device: "wasm", float16: false }, context)).model;
  if (precision !== "int8") return lowered;
  const folded = await foldWeights(lowered, loadPart, store);
  const sizes = [...folded.graph.initializers.values()].map(({ dtype, shape }) => byteLength(dtype, shape));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  checkWeights(label, bytes, "8 bits");
  return folded;
}
