// The one error class of all sunstep packages. It is recognised by a registered symbol, not by `instanceof`:
// two copies of this package in one process (npm may install several) still recognise each other's errors.

const marker = Symbol.for("sunstep.error");

/** Details for programs: the file, the value, both shapes. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface SunstepErrorOptions {
  readonly cause?: unknown;
  /** Everything else becomes `details`. */
  readonly [detail: string]: unknown;
}

/** The parts of a `SunstepError` that all versions of the package share. */
export interface SunstepErrorLike extends Error {
  readonly code: string;
  readonly details: ErrorDetails;
}

/**
 * An error with a stable `code` (UPPER_SNAKE, listed by the package that throws it), a message that says what was
 * wrong, where, and what to do, and `details` for programs.
 */
export class SunstepError extends Error implements SunstepErrorLike {
  override readonly name = "SunstepError";
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: SunstepErrorOptions = {}) {
    const { cause, ...details } = options;
    super(message, "cause" in options ? { cause } : undefined);
    this.code = code;
    this.details = details;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Tells whether `value` is a `SunstepError`, of this copy of the package or another, and of that `code` if one is given. */
  static isInstance(value: unknown, code?: string): value is SunstepErrorLike {
    return (
      value instanceof Error &&
      (value as { [marker]?: unknown })[marker] === true &&
      (code === undefined || (value as SunstepErrorLike).code === code)
    );
  }
}
