import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../find-chromium.mjs";

export interface LaunchOptions {
  /** Enables WebGPU on SwiftShader, which computes on the CPU: slow but correct. */
  readonly webgpu?: boolean;
  /** Makes `performance.measureUserAgentSpecificMemory` collect garbage and answer at once instead of within a minute. */
  readonly eagerMemory?: boolean;
  /** A name that leads to this machine, as one in a home network does: its pages have no https and are no localhost. */
  readonly host?: string;
}

const quiet = [
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

const swiftShader = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--use-vulkan=swiftshader",
  "--enable-features=Vulkan,WebGPU",
  "--ignore-gpu-blocklist",
];

/** Starts this machine's Chromium, headless. The caller closes it. */
export async function launchChromium({
  webgpu = false,
  eagerMemory = false,
  host,
}: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium: install it, or set CHROMIUM_PATH to it");
  return chromium.launch({
    executablePath,
    // The sandbox does not start for root, as in most containers; all pages are trusted.
    args: [
      "--no-sandbox",
      ...quiet,
      ...(webgpu ? swiftShader : ["--disable-gpu"]),
      ...(host === undefined ? [] : [`--host-resolver-rules=MAP ${host} 127.0.0.1`]),
      ...(eagerMemory ? ["--enable-blink-features=ForceEagerMeasureMemory"] : []),
    ],
  });
}
