import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { asRuntimeError, fromPortableError, toPortableError } from "../src/worker/portable-error.js";

it("carries an error of ours with its details, bigints included", () => {
  const error = new SunstepError("SIZE", "too large", { size: 2n ** 64n, file: "a", missing: undefined });
  const received = fromPortableError(toPortableError(asRuntimeError(error, "RUN_FAILED", "unet")));
  expect(received).toMatchObject({ code: "SIZE", message: "too large" });
  expect(received.details).toEqual({ size: "18446744073709551616", file: "a" });
});

it("gives other errors the code of the operation, or OUT_OF_MEMORY", () => {
  const failed = asRuntimeError(new Error("bad shape"), "RUN_FAILED", "unet");
  expect(failed).toMatchObject({ code: "RUN_FAILED", message: "unet: bad shape" });
  expect(asRuntimeError(new Error("std::bad_alloc"), "RUN_FAILED", "unet").code).toBe("OUT_OF_MEMORY");
  expect(asRuntimeError("text", "RUN_FAILED", "unet").message).toBe("unet: text");
});
