/** A device, and whether it can be used here. */
export interface DeviceReport {
  /** What `device` of `fromPretrained` takes. */
  readonly device: string;
  readonly available: boolean;
  /** Why it is not there, or is slower than it might be, and what to do about it. */
  readonly reasons: readonly string[];
}
