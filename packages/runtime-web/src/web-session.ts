import { float16Nodes, trigonometricNodes } from "@sunstep/graph-passes";
import type { Model } from "@sunstep/onnx-graph";
import { type LocalSession, sessionSpecs } from "@sunstep/runtime/worker";
import type { DataType } from "@sunstep/tensor";
import { InferenceSession, type Tensor as OrtTensor } from "onnxruntime-web/webgpu";
import { blobBytes } from "./blob-bytes.js";
import { loadOrtSession } from "./ort-session.js";
import type { WorkerSettings } from "./worker-settings.js";

export type SessionSettings = Pick<WorkerSettings, "device" | "float16">;

export function loadSession(
  model: Model,
  settings: SessionSettings,
  options: InferenceSession.SessionOptions = {},
): Promise<LocalSession<OrtTensor>> {
  const device = settings.device === "wasm" ? { executionProviders: ["wasm"] } : onWebGpu(model, settings);
  return loadOrtSession(
    InferenceSession.create.bind(InferenceSession),
    model,
    ({ blob }) => blobBytes(blob!),
    { ...device, ...options },
  );
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

function onWebGpu(model: Model, { float16 }: SessionSettings) {
  const onCpu = new Set([...trigonometricNodes(model.graph), ...(float16 ? [] : float16Nodes(model.graph))]);
  const { outputs } = sessionSpecs(model, "onnxruntime-web");
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
