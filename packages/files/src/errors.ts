import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [filesErrors, filesError] = defineErrors({
  FILE_MISSING: "there is no file at this path",
  FILE_NOT_WRITABLE: "the file cannot be written; the file that was there before is untouched",
  DISK_FULL: "the disk or the user's quota is full; the file that was there before is untouched",
});

export type FilesErrorCode = keyof typeof filesErrors;
