import type { DeviceReport } from "@sunstep/runtime";
import { type NodeDevice, nodeDevices } from "./devices.js";
import { createNodeRuntime } from "./node-runtime.js";

type Device = Exclude<NodeDevice, "auto">;

/** Tries every device by starting a runtime on it, and reports which can be used. */
export function detectDevices(): Promise<readonly DeviceReport<Device>[]> {
  const devices = nodeDevices.filter((device) => device !== "auto");
  return Promise.all(devices.map(tryDevice));
}

async function tryDevice(device: Device): Promise<DeviceReport<Device>> {
  try {
    const runtime = await createNodeRuntime({ device, cache: false });
    await runtime.dispose();
    return { device, available: true, reasons: [] };
  } catch (error) {
    return { device, available: false, reasons: [error instanceof Error ? error.message : String(error)] };
  }
}
