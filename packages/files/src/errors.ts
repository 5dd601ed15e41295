import { SunstepError } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const filesErrors = {
  FILE_MISSING: "there is no file at this path",
  FILE_NOT_WRITABLE: "the file cannot be written; the file that was there before is untouched",
  DISK_FULL: "the disk or the user's quota is full; the file that was there before is untouched",
} as const;

export type FilesErrorCode = keyof typeof filesErrors;

export function filesError(
  code: FilesErrorCode,
  message: string,
  details: Record<string, unknown>,
): SunstepError {
  return new SunstepError(code, message, details);
}
