import { SunstepError } from "@sunstep/errors";
import type { Stage } from "../events.js";
import type { Request } from "../request/request.js";

/** Adds to an error of missing memory what the caller can change; returns other errors as they are. */
export function withMemoryAdvice(error: unknown, stage: Stage, request: Request): unknown {
  if (!SunstepError.isInstance(error, "OUT_OF_MEMORY")) return error;
  const { width, height } = request;
  const inAutoencoder = stage === "decode" || stage === "encode-image";
  const advice = [
    ...(inAutoencoder && request.vaeTiling === false ? ["leave vaeTiling at its default"] : []),
    ...(inAutoencoder && request.vaeTiling !== false ? ["set vaeTiling to smaller tiles"] : []),
    ...(stage === "decode" && request.decoder === "vae" ? ['decode with a TAESD (decoder: "taesd")'] : []),
    `make the image smaller than ${width}x${height}`,
    ...(request.batch > 1 ? [`make fewer than ${request.batch} images at once`] : []),
  ];
  const { message, details } = error;
  return new SunstepError("OUT_OF_MEMORY", `${message}; ${advice.join(", or ")}`, {
    ...details,
    cause: error,
  });
}
