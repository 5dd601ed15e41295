import { SunstepError, type SunstepErrorLike } from "@sunstep/errors";
import { type RuntimeErrorCode, runtimeError } from "../errors.js";

/** An error as data that a worker can send. */
export interface PortableError {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
  readonly details: Record<string, unknown>;
}

/** Gives an engine's own error a code, OUT_OF_MEMORY where it tells of that; errors of ours pass unchanged. */
export function asRuntimeError(error: unknown, code: RuntimeErrorCode, context: string): SunstepErrorLike {
  if (SunstepError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return runtimeError(isOutOfMemory(message) ? "OUT_OF_MEMORY" : code, `${context}: ${message}`, {
    cause: error,
  });
}

export function toPortableError({ code, message, details, stack, cause }: SunstepErrorLike): PortableError {
  // A bigint among the details, which JSON lacks, must not lose the error.
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  const origin = (cause instanceof Error && cause.stack) || stack;
  return {
    code,
    message,
    details: JSON.parse(JSON.stringify(details, plain)) as Record<string, unknown>,
    ...(origin && { stack: origin }),
  };
}

export function fromPortableError({ code, message, details, stack }: PortableError): SunstepError {
  return new SunstepError(code, message, { ...details, ...(stack && { cause: { message, stack } }) });
}

/** Recognises the wording of ONNX Runtime and Node: "std::bad_alloc", "Failed to allocate memory for requested …". */
function isOutOfMemory(message: string): boolean {
  return /bad_alloc|failed to allocate|out of memory|cannot allocate memory|array buffer allocation failed/i.test(
    message,
  );
}
