// The devices by their names in onnxruntime-node, and "wasm". "auto" means the CPU, which every machine has and every test
// runs on; the others are chosen by name.
import { float16Nodes, trigonometricNodes } from "@sunstep/graph-passes";
import type { Model } from "@sunstep/onnx-graph";
import type { InferenceSession } from "onnxruntime-node";

export const nodeDevices = ["auto", "cpu", "wasm", "webgpu", "cuda", "dml", "coreml"] as const;

export type NodeDevice = (typeof nodeDevices)[number];

/** The devices of onnxruntime-node. */
export type NativeDevice = Exclude<NodeDevice, "auto" | "wasm">;

/** Returns execution providers in order of preference. Operators that a device lacks run on the CPU. */
export function executionProviders(
  device: NativeDevice,
  { graph }: Model,
): InferenceSession.ExecutionProviderConfig[] {
  if (device === "cpu") return ["cpu"];
  // onnxruntime-node does not tell whether the device's shaders compute in float16.
  const onCpu =
    device === "webgpu" ? [...new Set([...trigonometricNodes(graph), ...float16Nodes(graph)])] : [];
  return [onCpu.length > 0 ? { name: device, forceCpuNodeNames: onCpu } : device, "cpu"];
}
