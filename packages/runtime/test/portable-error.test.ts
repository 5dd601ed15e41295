import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { asRuntimeError, fromPortableError, toPortableError } from "../src/worker/portable-error.js";

it("carries an error of ours with its details, bigints included", () => {
  const error = new SunstepError("SIZE", "too large", { size: 2n ** 64n, file: "a", missing: undefined });
  const received = fromPortableError(toPortableError(asRuntimeError(error, "RUN_FAILED", "unet")));
  expect(received).toMatchObject({ code: "SIZE", message: "too large" });
  expect(received.details).toEqual({ size: "18446744073709551616", file: "a" });
});

it("gives other errors the code of the operation", () => {
  const failed = asRuntimeError(new Error("bad shape"), "RUN_FAILED", "unet");
  expect(failed).toMatchObject({ code: "RUN_FAILED", message: "unet: bad shape" });
  expect(asRuntimeError("text", "RUN_FAILED", "unet").message).toBe("unet: text");
});

it.each([
  ["std::bad_alloc", "an allocation failed"],
  [
    "bfc_arena.cc:360 Failed to allocate memory for requested buffer of size 17592186044416",
    "an allocation failed (17592.2 GB)",
  ],
  ["Array buffer allocation failed", "an allocation failed"],
  [
    "safeint.h:17 SafeIntExceptionHandler<OnnxRuntimeException>::SafeIntOnOverflow() Integer overflow",
    "a tensor is larger than the device can address",
  ],
  [
    "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Tensor shape is too large",
    "a tensor is larger than the device can address",
  ],
  [
    "Buffer size (536870912) exceeds the max buffer size limit (268435456).",
    "a tensor is larger than the buffers of the graphics device",
  ],
  [
    "Non-zero status code returned while running Expand node. Name:'Expand' Status Message: narrowing_error",
    "a tensor is larger than the buffers of the graphics device",
  ],
  [
    "Binding size (536870912) of [Buffer] is larger than the maximum storage buffer binding size (134217728).",
    "a tensor is larger than the buffers of the graphics device",
  ],
])("calls %j a lack of memory and keeps the engine's words as the cause", (words, reason) => {
  const error = asRuntimeError(new Error(words), "RUN_FAILED", "unet");
  expect(error).toMatchObject({
    code: "OUT_OF_MEMORY",
    message: `unet: there is not enough memory: ${reason}`,
    cause: { message: words },
  });
});
