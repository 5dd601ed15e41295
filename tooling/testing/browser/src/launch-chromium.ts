import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../find-chromium.mjs";

export interface LaunchOptions {
  /** WebGPU computed by SwiftShader, on the CPU: slow, and right. */
  readonly webgpu?: boolean;
  /** `performance.measureUserAgentSpecificMemory` tidies up and answers at once, not within a minute. */
  readonly eagerMemory?: boolean;
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

/** Starts the Chromium of this machine, headless. Close it when done. */
export async function launchChromium({
  webgpu = false,
  eagerMemory = false,
}: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("there is no Chromium: install it, or set CHROMIUM_PATH to it");
  return chromium.launch({
    executablePath,
    // Its sandbox does not start for root, as in most containers; the pages are our own.
    args: [
      "--no-sandbox",
      ...quiet,
      ...(webgpu ? swiftShader : ["--disable-gpu"]),
      ...(eagerMemory ? ["--enable-blink-features=ForceEagerMeasureMemory"] : []),
    ],
  });
}
