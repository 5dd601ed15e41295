import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { fromPortableError, toPortableError } from "../src/worker/portable-error.js";

it("carries an error of ours with its details, those too that JSON has no form for", () => {
  const error = new SunstepError("SIZE", "too large", { size: 2n ** 64n, file: "a", missing: undefined });
  const received = fromPortableError(toPortableError(error, "RUN_FAILED", "unet"));
  expect(received).toMatchObject({ code: "SIZE", message: "too large" });
  expect(received.details).toEqual({ size: "18446744073709551616", file: "a" });
});

it("gives others the code of what was asked, or of what they tell", () => {
  const failed = toPortableError(new Error("bad shape"), "RUN_FAILED", "unet");
  expect(failed).toMatchObject({ code: "RUN_FAILED", message: "unet: bad shape" });
  expect(toPortableError(new Error("std::bad_alloc"), "RUN_FAILED", "unet").code).toBe("OUT_OF_MEMORY");
  expect(toPortableError("text", "RUN_FAILED", "unet").message).toBe("unet: text");
});
