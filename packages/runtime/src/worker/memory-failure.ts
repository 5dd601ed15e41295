/** Wordings of engines that ran out of memory or of addresses, and what they mean. */
const failures: readonly (readonly [pattern: RegExp, reason: string])[] = [
  // ONNX Runtime on WebAssembly: sizes are 32-bit numbers there (core/common/safeint.h, core/framework/op_kernel.cc).
  [/SafeIntOnOverflow|Tensor shape is too large/, "a tensor is larger than the device can address"],
  // Dawn, WebGPU's implementation in Chromium and ONNX Runtime; "narrowing_error" is a count of workgroups above 2^32.
  [
    /narrowing_error|Allocation size too large|exceeds the max\w* buffer size|larger than the max\w* (\w+ )*binding size/i,
    "a tensor is larger than the buffers of the graphics device",
  ],
  [
    /bad_alloc|failed to allocate|out of memory|cannot allocate memory|could not allocate memory|array buffer allocation failed|invalid (typed )?array length|not enough memory|E_OUTOFMEMORY|\bOOM\b/i,
    "an allocation failed",
  ],
];

/** Tells why an engine's error means that memory does not suffice; undefined if it means anything else. */
export function memoryFailure(message: string): string | undefined {
  const reason = failures.find(([pattern]) => pattern.test(message))?.[1];
  const bytes = /buffer of size (\d+)/.exec(message)?.[1];
  return reason && bytes ? `${reason} (${(Number(bytes) / 1e9).toFixed(1)} GB)` : reason;
}
