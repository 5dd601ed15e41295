import { SunstepError } from "./sunstep-error.js";

/**
 * Runs `read`, which does not know where its bytes came from, and puts the file's name into a `SunstepError` that it throws
 * or rejects with: before the message, and as `details.file`. The code stays. Without a file, nothing is changed.
 */
export function inFile<T>(file: string | undefined, read: () => T): T {
  try {
    const result = read();
    return result instanceof Promise
      ? (result.catch((error: unknown) => {
          throw naming(file, error);
        }) as T)
      : result;
  } catch (error) {
    throw naming(file, error);
  }
}

function naming(file: string | undefined, error: unknown): unknown {
  if (file === undefined || !SunstepError.isInstance(error)) return error;
  return new SunstepError(error.code, `${file}: ${error.message}`, { ...error.details, file, cause: error });
}
