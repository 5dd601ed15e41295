import { runtimeError } from "@sunstep/runtime";
import type { NativeDevice } from "./devices.js";
import { platformName } from "./platform-name.js";

/**
 * Loads onnxruntime-node's native library.
 * @throws DEVICE_UNAVAILABLE where there is none for this platform
 */
export async function importEngine(device: NativeDevice): Promise<typeof import("./engine.js")> {
  return import("./engine.js").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `device ${device} cannot be used on ${platformName()}: onnxruntime-node does not load there (${reason}). ` +
        `Use device "wasm", which needs no native library and is slower`,
      { device, platform: platformName(), cause },
    );
  });
}
