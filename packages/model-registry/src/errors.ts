import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [registryErrors, registryError] = defineErrors({
  MODEL_NAME_INVALID:
    "the text is no name, path, https URL or hub id, or it would lead outside of its folder",
  REGISTRY_OPTION_INVALID: "an option or environment variable has a value that cannot be used",
  MODEL_UNKNOWN: "no model is registered under this name, and no such file exists",
  MODEL_NOT_FOUND: "the file, folder, repository or URL does not exist",
  MODEL_REVISION_NOT_FOUND: "the repository has no such branch, tag or commit",
  MODEL_FILE_NOT_FOUND: "the repository has no such file, or no weights of the variant asked for",
  MODEL_ACCESS_DENIED: "the hub refused access: the model is gated or private, or the token is wrong",
  MODEL_AMBIGUOUS: "the place holds several models, and the text does not say which",
  MODEL_NOT_SAFETENSORS: "the weights are not in safetensors files; pickles are never loaded",
  MODEL_NOT_CACHED: "offline, and the files are not all on this machine",
  DOWNLOAD_FAILED: "the server could not be reached, or it kept failing, after all retries",
  DOWNLOAD_REFUSED: "the server answered with an error that retrying does not mend",
  DOWNLOAD_CORRUPT: "what was received differs from what the server declared, in size or in hash",
  DOWNLOAD_REDIRECT_REFUSED: "a redirect left https, or there were too many",
  HUB_RESPONSE_INVALID: "the hub's answer is malformed, or names files outside of the repository",
  STORAGE_QUOTA: "the browser gives this site less storage than the files need",
});

export type RegistryErrorCode = keyof typeof registryErrors;
