import { SunstepError } from "@sunstep/errors";
import type { RuntimeErrorCode } from "../errors.js";

export interface PortableError {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
  readonly details: Record<string, unknown>;
}

/** An error as data that a worker can send. One without a code of ours gets `code`. */
export function toPortableError(error: unknown, code: RuntimeErrorCode, context: string): PortableError {
  if (SunstepError.isInstance(error)) {
    // A detail that JSON has no form for must not take the error itself along.
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
    const details = JSON.parse(JSON.stringify(error.details, plain)) as Record<string, unknown>;
    return { code: error.code, message: error.message, details, ...(error.stack && { stack: error.stack }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: isOutOfMemory(message) ? "OUT_OF_MEMORY" : code,
    message: `${context}: ${message}`,
    details: {},
    ...(error instanceof Error && error.stack && { stack: error.stack }),
  };
}

export function fromPortableError({ code, message, details, stack }: PortableError): SunstepError {
  return new SunstepError(code, message, { ...details, ...(stack && { cause: { message, stack } }) });
}

/** How ONNX Runtime and Node say it: std::bad_alloc, "Failed to allocate memory for requested buffer of size N". */
function isOutOfMemory(message: string): boolean {
  return /bad_alloc|failed to allocate|out of memory|cannot allocate memory|array buffer allocation failed/i.test(
    message,
  );
}
