// What onnxruntime-node calls the devices. "auto" is the CPU: it is the one device that every machine has and that
// every test runs on; the others are asked for by name.
import { float16Nodes, trigonometricNodes } from "@sunstep/graph-passes";
import type { Model } from "@sunstep/onnx-graph";
import type { InferenceSession } from "onnxruntime-node";

export const nodeDevices = ["auto", "cpu", "wasm", "webgpu", "cuda", "dml", "coreml"] as const;

export type NodeDevice = (typeof nodeDevices)[number];

/** The devices of onnxruntime-node. */
export type NativeDevice = Exclude<NodeDevice, "auto" | "wasm">;

/** Execution providers in order of preference; operators that a device lacks run on the CPU. */
export function executionProviders(
  device: NativeDevice,
  { graph }: Model,
): InferenceSession.ExecutionProviderConfig[] {
  if (device === "cpu") return ["cpu"];
  // Whether the device's shaders compute in float16 is not told.
  const onCpu =
    device === "webgpu" ? [...new Set([...trigonometricNodes(graph), ...float16Nodes(graph)])] : [];
  return [onCpu.length > 0 ? { name: device, forceCpuNodeNames: onCpu } : device, "cpu"];
}
