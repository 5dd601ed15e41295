// What onnxruntime-node calls the devices. "auto" is the CPU: it is the one device that every machine has and that
// every test runs on; the others are asked for by name.
import type { InferenceSession } from "onnxruntime-node";

export const nodeDevices = ["auto", "cpu", "webgpu", "cuda", "dml", "coreml"] as const;

export type NodeDevice = (typeof nodeDevices)[number];

/** Execution providers in order of preference; operators that a device lacks run on the CPU. */
export function executionProviders(
  device: Exclude<NodeDevice, "auto">,
): InferenceSession.ExecutionProviderConfig[] {
  return device === "cpu" ? ["cpu"] : [device, "cpu"];
}
