// The devices by their names in ONNX Runtime, and their detection.
import { type DeviceReport, runtimeError } from "@sunstep/runtime";

export const webDevices = ["auto", "webgpu", "wasm"] as const;

export type WebDevice = (typeof webDevices)[number];

type Report = DeviceReport<Exclude<WebDevice, "auto">>;

/** The part of `navigator.gpu` that is used here; TypeScript's DOM types lack it. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<{
    readonly features: ReadonlySet<string>;
    readonly info?: { readonly vendor: string; readonly architecture: string; readonly description: string };
  } | null>;
}

/** Reports on both devices, the faster one first, without loading anything. */
export async function detectDevices(): Promise<readonly Report[]> {
  return [await detectWebGpu(), detectWasm()];
}

async function detectWebGpu(): Promise<Report> {
  const missing = (reason: string): Report => ({
    device: "webgpu",
    available: false,
    reasons: [reason],
  });
  if (!isSecureContext) return missing("WebGPU needs a page served by https or from localhost");
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu) return missing("this browser has no WebGPU, or it is switched off");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return missing("the browser has WebGPU, but no adapter: its driver is missing or blocked");
  const { vendor, architecture, description } = adapter.info ?? {};
  const float16 = adapter.features.has("shader-f16");
  return {
    device: "webgpu",
    available: true,
    adapter: description || [vendor, architecture].filter(Boolean).join(" ") || "unknown",
    float16,
    reasons: float16 ? [] : ["the adapter lacks shader-f16: weights take twice the memory"],
  };
}

function detectWasm(): Report {
  const threads = availableThreads();
  const isolation =
    "the page is not cross-origin isolated, so WebAssembly runs on one thread: serve it with the headers " +
    "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  return {
    device: "wasm",
    available: true,
    threads,
    reasons: crossOriginIsolated ? [] : [isolation],
  };
}

/** Returns the default number of threads: all cores, less one for the page if there are more than two. */
export function availableThreads(): number {
  if (!crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency || 1;
  return Math.min(8, cores > 2 ? cores - 1 : cores);
}

/**
 * Chooses the device: WebGPU if there is an adapter, otherwise WebAssembly.
 * @throws DEVICE_UNAVAILABLE if the requested device cannot be used
 */
export async function chooseDevice(requested: WebDevice): Promise<Report> {
  if (!webDevices.includes(requested)) {
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `there is no device ${String(requested)}: use one of ${webDevices.join(", ")}`,
      { device: requested },
    );
  }
  const reports = await detectDevices();
  if (requested === "auto") return reports.find(({ available }) => available)!;
  const report = reports.find(({ device }) => device === requested)!;
  if (report.available) return report;
  throw runtimeError(
    "DEVICE_UNAVAILABLE",
    `device ${requested} cannot be used: ${report.reasons.join("; ")}. Use device "wasm"`,
    { device: requested },
  );
}
