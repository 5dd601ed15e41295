import { writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";
import { probe } from "@sunstep/runtime/worker";
import { InferenceSession, listSupportedBackends } from "onnxruntime-node";
import { executionProviders, type NativeDevice } from "./devices.js";

/**
 * Checks that a device can be used, by loading the smallest model on it.
 * @throws DEVICE_UNAVAILABLE with ONNX Runtime's reason
 */
export async function checkDevice(device: NativeDevice): Promise<void> {
  if (device === "cpu") return;
  const known = listSupportedBackends().map(({ name }) => name);
  const hint = `onnxruntime-node has ${known.join(", ")} on ${process.platform}-${process.arch}; use device "cpu" or "wasm"`;
  if (!known.includes(device)) {
    throw runtimeError("DEVICE_UNAVAILABLE", `device ${device} is not part of this build: ${hint}`, {
      device,
      known,
    });
  }
  try {
    const smallest = probe();
    const session = await InferenceSession.create(writeOnnx(smallest), {
      executionProviders: executionProviders(device, smallest),
      logSeverityLevel: 4,
    });
    await session.release();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw runtimeError("DEVICE_UNAVAILABLE", `device ${device} cannot be used: ${reason} (${hint})`, {
      device,
      known,
      cause,
    });
  }
}
