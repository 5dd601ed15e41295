// What ONNX Runtime calls the devices, and which of them the page can use.
import { type DeviceReport, runtimeError } from "@sunstep/runtime";

export const webDevices = ["auto", "webgpu", "wasm"] as const;

export type WebDevice = (typeof webDevices)[number];

type Report = DeviceReport<Exclude<WebDevice, "auto">>;

/** As much of `navigator.gpu` as is used here; TypeScript's own DOM types have none of it. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<{
    readonly features: ReadonlySet<string>;
    readonly info?: { readonly vendor: string; readonly architecture: string; readonly description: string };
  } | null>;
}

/** Both devices, the better one first; nothing is loaded for it. */
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

/** One for each core but, where there are more than two, one: the page needs some time itself. */
export function availableThreads(): number {
  if (!crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency || 1;
  return Math.min(8, cores > 2 ? cores - 1 : cores);
}

/**
 * The device to use: WebGPU where there is an adapter, WebAssembly otherwise.
 * @throws DEVICE_UNAVAILABLE for one that is not there
 */
export async function chooseDevice(asked: WebDevice): Promise<Report> {
  if (!webDevices.includes(asked)) {
    throw runtimeError(
      "DEVICE_UNAVAILABLE",
      `there is no device ${String(asked)}: use one of ${webDevices.join(", ")}`,
      { device: asked },
    );
  }
  const reports = await detectDevices();
  if (asked === "auto") return reports.find(({ available }) => available)!;
  const report = reports.find(({ device }) => device === asked)!;
  if (report.available) return report;
  throw runtimeError(
    "DEVICE_UNAVAILABLE",
    `device ${asked} cannot be used: ${report.reasons.join("; ")}. Device "wasm" always works`,
    { device: asked },
  );
}
