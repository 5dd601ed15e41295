/** Tells whether a device can be used here. */
export interface DeviceReport<Device extends string = string> {
  /** The name that the runtime's `device` option takes. */
  readonly device: Device;
  readonly available: boolean;
  /** Why the device is missing, or slower than it might be, and what to do about it. */
  readonly reasons: readonly string[];
  /** Threads that a run may use, on a CPU or WebAssembly in a browser. */
  readonly threads?: number;
  /** The adapter's name on WebGPU in a browser, as far as it tells. */
  readonly adapter?: string;
  /** Tells whether shaders compute in float16 on WebGPU in a browser: weights stored so then take half the memory. */
  readonly float16?: boolean;
}
