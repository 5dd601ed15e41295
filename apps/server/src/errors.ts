import { defineErrors } from "@sunstep/errors";

/** Codes of the server's own errors. */
export const [, serverError] = defineErrors({
  MODEL_UNKNOWN: "no model of this name is served",
  VAE_UNKNOWN: "no VAE of this name is served",
  CONTROLNET_UNKNOWN: "no ControlNet of this name is served",
  REQUEST_LIMIT: "the request asks for more than the server allows",
  REQUEST_VALUE: "a value of the request cannot be used",
  IMAGE_ENCODING: "an image of the request is not base64, a data URL or an image file",
  IMAGE_MISSING: "the request has no image to start from",
  RESULT_MISSING: "an image was deleted before it was sent",
  REQUEST_UNSUPPORTED: "a field of the request asks for what the server does not have",
  UNSUPPORTED: "the server does not have this function",
  FORBIDDEN: "the request came from where the server takes none",
  FOLDER_UNREADABLE: "a folder that an option names cannot be read",
  ADDRESS_UNUSABLE: "the server cannot listen at its address",
  UNAUTHORIZED: "the request has no valid token",
});
