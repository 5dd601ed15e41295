import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [registryErrors, registryError] = defineErrors({
  MODEL_NAME_INVALID: "the text is not a name, path, https URL or hub id, or leads out of its folder",
  REGISTRY_OPTION_INVALID: "an option or environment variable has a value that cannot be used",
  MODEL_UNKNOWN: "no model has this name, and no such file exists",
  MODEL_NOT_FOUND: "the file, folder, repository or URL does not exist",
  MODEL_REVISION_NOT_FOUND: "the repository has no such branch, tag or commit",
  MODEL_FILE_NOT_FOUND: "the repository lacks the file, or weights of the requested variant",
  MODEL_ACCESS_DENIED: "the hub refused access: the model is gated or private, or the token is wrong",
  MODEL_AMBIGUOUS: "the repository or folder holds several models, and the text does not say which",
  MODEL_NOT_SAFETENSORS: "the weights are not in safetensors files; pickles are never loaded",
  MODEL_NOT_CACHED: "offline, and the cache lacks some of the files",
  DOWNLOAD_FAILED: "the server could not be reached, or kept failing",
  DOWNLOAD_REFUSED: "the server answered with an error that a retry does not change",
  DOWNLOAD_CORRUPT: "the received bytes differ from the declared size or hash, or are not a safetensors file",
  DOWNLOAD_REDIRECT_REFUSED: "a redirect left https, or there were too many",
  HUB_RESPONSE_INVALID: "the hub's response is malformed, or names files outside the repository",
  STORAGE_QUOTA: "the browser gives this site less storage than the files need",
});

export type RegistryErrorCode = keyof typeof registryErrors;
