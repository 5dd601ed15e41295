import { defineErrors } from "@sunstep/errors";

/** Codes of the typed errors thrown by this package. */
export const [imageErrors, imageError] = defineErrors({
  IMAGE_FORMAT_UNKNOWN: "the bytes are neither PNG nor JPEG",
  IMAGE_TRUNCATED: "the file ends before its picture does",
  IMAGE_CORRUPT: "the file contradicts itself: a checksum, a length or a value is wrong",
  IMAGE_TOO_LARGE: "the picture has more pixels than the limit",
  IMAGE_SIZE_MISMATCH: "a picture's data or another picture does not have the size it should have",
  IMAGE_TEXT_INVALID: "a keyword or text cannot be stored in a PNG",
});
