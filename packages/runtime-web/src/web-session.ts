import { float16Nodes, trigonometricNodes } from "@sunstep/graph-passes";
import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import type { TensorSpec } from "@sunstep/runtime";
import { type LocalSession, sessionSpecs } from "@sunstep/runtime/worker";
import type { DataType } from "@sunstep/tensor";
import { InferenceSession, type Tensor as OrtTensor } from "onnxruntime-web/webgpu";
import { BlobBytes } from "./blob-bytes.js";
import type { WorkerSettings } from "./worker-settings.js";

export type SessionSettings = Pick<WorkerSettings, "device" | "float16">;

export async function loadSession(model: Model, settings: SessionSettings): Promise<LocalSession<OrtTensor>> {
  const { inputs, outputs } = sessionSpecs(model, "onnxruntime-web");
  const { onnx, externalData } = withBlobs(model);
  const session = await InferenceSession.create(onnx, {
    logSeverityLevel: 4,
    graphOptimizationLevel: "all",
    externalData,
    ...(settings.device === "wasm" ? { executionProviders: ["wasm"] } : onWebGpu(model, outputs, settings)),
  });
  return {
    inputs,
    outputs,
    run: (feeds) => session.run(feeds),
    release: () => session.release(),
  };
}

/** The model as bytes that name the Blobs of its weights by number. */
function withBlobs(model: Model) {
  const blobs = new Map<Blob, string>();
  const onnx = writeOnnx(model, {
    locate(source) {
      const blob = source.blob!;
      const location = blobs.get(blob) ?? String(blobs.size);
      blobs.set(blob, location);
      return location;
    },
  });
  return { onnx, externalData: [...blobs].map(([blob, path]) => ({ path, data: new BlobBytes(blob) })) };
}

/** Element types that ONNX Runtime leaves on the device (js/common/lib/tensor.ts, GpuBufferDataTypes). */
const gpuDataTypes: ReadonlySet<DataType> = new Set([
  "float32",
  "float16",
  "int32",
  "int64",
  "uint32",
  "uint8",
]);

function onWebGpu(model: Model, outputs: readonly TensorSpec[], { float16 }: SessionSettings) {
  const onCpu = new Set([...trigonometricNodes(model.graph), ...(float16 ? [] : float16Nodes(model.graph))]);
  return {
    executionProviders: [
      { name: "webgpu", ...(onCpu.size > 0 && { forceCpuNodeNames: [...onCpu] }) },
      "wasm",
    ],
    preferredOutputLocation: Object.fromEntries(
      outputs.map(({ name, dtype }) => [name, gpuDataTypes.has(dtype) ? "gpu-buffer" : "cpu"] as const),
    ),
  } satisfies InferenceSession.SessionOptions;
}
