import { createNodeRuntime, nodeDevices } from "@sunstep/runtime-node";
import type { DeviceReport } from "../device-report.js";

/** Every device that ONNX Runtime knows, and why it cannot be used here where it cannot. */
export function detectDevices(): Promise<readonly DeviceReport[]> {
  const devices = nodeDevices.filter((device) => device !== "auto");
  return Promise.all(
    devices.map(async (device): Promise<DeviceReport> => {
      try {
        const runtime = await createNodeRuntime({ device, cache: false });
        await runtime.dispose();
        return { device, available: true, reasons: [] };
      } catch (error) {
        return {
          device,
          available: false,
          reasons: [error instanceof Error ? error.message : String(error)],
        };
      }
    }),
  );
}
