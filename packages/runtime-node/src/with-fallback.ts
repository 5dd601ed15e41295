import { SunstepError } from "@sunstep/errors";
import { type Runtime, runtimeError } from "@sunstep/runtime";
import type { WorkerBackend } from "@sunstep/runtime/worker";
import { platformName } from "./platform-name.js";

/**
 * Starts the native runtime or, where onnxruntime-node has no binary for the platform, the fallback with a warning.
 * @throws DEVICE_UNAVAILABLE that names the platform if neither starts
 */
export async function withFallback(
  native: () => Promise<Runtime>,
  fallback: (warnings: NonNullable<WorkerBackend["warnings"]>) => Promise<Runtime>,
): Promise<Runtime> {
  try {
    return await native();
  } catch (error) {
    if (!SunstepError.isInstance(error, "DEVICE_UNAVAILABLE")) throw error;
    const message =
      `onnxruntime-node cannot be used on ${platformName()}, so WebAssembly is used, which is several times slower ` +
      `and holds weights up to 3 GiB (${error.message})`;
    try {
      return await fallback([{ code: "DEVICE_FALLBACK", message }]);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw runtimeError(
        "DEVICE_UNAVAILABLE",
        `no device can be used on ${platformName()}: ${error.message}; ${reason}`,
        { platform: platformName(), cause },
      );
    }
  }
}
