import { SunstepError, type SunstepErrorLike } from "@sunstep/errors";
import { type RuntimeErrorCode, runtimeError } from "../errors.js";
import { memoryFailure } from "./memory-failure.js";

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
  const failure = memoryFailure(message);
  return failure === undefined
    ? runtimeError(code, `${context}: ${message}`, { cause: error })
    : runtimeError("OUT_OF_MEMORY", `${context}: there is not enough memory: ${failure}`, { cause: error });
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
