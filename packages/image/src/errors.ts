import { defineErrors } from "@sunstep/errors";

/** Codes of the typed errors thrown by this package. */
export const [imageErrors, imageError] = defineErrors({
  IMAGE_FORMAT_UNKNOWN: "the bytes are neither PNG nor JPEG",
  IMAGE_TRUNCATED: "the file ends before its image does",
  IMAGE_CORRUPT: "the file contradicts itself: a checksum, a length or a value is wrong",
  IMAGE_TOO_LARGE: "the image has more pixels than the limit",
  IMAGE_SIZE_MISMATCH: "the data of an image, or a second image, has the wrong size",
  IMAGE_TEXT_INVALID: "a keyword or text cannot be stored in a PNG",
});
