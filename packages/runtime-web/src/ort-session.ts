import type { ByteSource } from "@sunstep/files";
import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";
import { type LocalSession, sessionSpecs } from "@sunstep/runtime/worker";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import type { LazyBytes } from "./lazy-bytes.js";

/** WebAssembly addresses 4 GiB; a model needs some of them besides its weights. */
const MOST_WEIGHT_BYTES = 3 * 2 ** 30;

/** Loads a session by `create` of one of ONNX Runtime's builds; weights are read as it requests them. */
export async function loadOrtSession(
  create: typeof InferenceSession.create,
  model: Model,
  bytesOf: (source: ByteSource) => LazyBytes,
  options: InferenceSession.SessionOptions,
): Promise<LocalSession<OrtTensor>> {
  const { inputs, outputs } = sessionSpecs(model, "onnxruntime-web");
  const { onnx, sources } = withNumbers(model);
  const session = await create(onnx, {
    logSeverityLevel: 4,
    graphOptimizationLevel: "all",
    externalData: sources.map((source, i) => ({ path: String(i), data: bytesOf(source) })),
    ...options,
  });
  return { inputs, outputs, run: (feeds) => session.run(feeds), release: () => session.release() };
}

/** @throws OUT_OF_MEMORY if the weights of a model, of `bytes` in `form`, exceed what WebAssembly can hold */
export function checkWeights(label: string, bytes: number, form: "float32" | "8 bits"): void {
  if (bytes <= MOST_WEIGHT_BYTES) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw runtimeError(
    "OUT_OF_MEMORY",
    `${label}: its weights take ${gigabytes(bytes)} as ${form}, and WebAssembly holds ${gigabytes(MOST_WEIGHT_BYTES)}: ` +
      `use ${form === "float32" ? 'dtype "int8", ' : ""}a smaller model or another device`,
    { bytes },
  );
}

/** Writes a model that names the sources of its weights by number. */
function withNumbers(model: Model): { readonly onnx: Uint8Array; readonly sources: readonly ByteSource[] } {
  const sources: ByteSource[] = [];
  const onnx = writeOnnx(model, {
    locate(source) {
      const known = sources.indexOf(source);
      return String(known < 0 ? sources.push(source) - 1 : known);
    },
  });
  return { onnx, sources };
}
