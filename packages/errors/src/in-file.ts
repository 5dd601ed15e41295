import { SunstepError } from "./sunstep-error.js";

/**
 * Runs `read`, which does not know where its bytes came from, and puts the file's name into a `SunstepError` that it
 * throws: before the message, and as `details.file`. The code stays. Without a file, nothing is changed.
 */
export function inFile<T>(file: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (file === undefined || !SunstepError.isInstance(error)) throw error;
    throw new SunstepError(error.code, `${file}: ${error.message}`, { ...error.details, file, cause: error });
  }
}
