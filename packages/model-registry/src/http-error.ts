import type { SunstepError } from "@sunstep/errors";
import { registryError } from "./errors.js";
import { hubPageUrl, printableUrl } from "./hub-url.js";

/** The purpose of a request, for error messages. */
export interface RequestSubject {
  readonly url: string;
  readonly hub?: { readonly endpoint: string; readonly repository: string; readonly revision: string };
}

/** Returns the server's own error text, which the hub sends in a header; printable characters of bounded length. */
export function errorMessage(headers: Headers): string {
  const text = headers.get("x-error-message") ?? "";
  return text
    .replace(/[^\x20-\x7e\xa0-\uffff]+/g, " ")
    .trim()
    .slice(0, 500);
}

/** Returns the typed error of an HTTP status that a retry does not change. */
export function httpError(status: number, headers: Headers, subject: RequestSubject): SunstepError {
  const said = errorMessage(headers);
  const details = { status, url: printableUrl(subject.url), ...(said && { serverMessage: said }) };
  const quoted = said && `. The server says: ${said}`;
  const { hub } = subject;
  if (hub === undefined) return urlError(status, quoted, details);
  // The hub tells the cause by a code: huggingface_hub, utils/_http.py, hf_raise_for_status.
  const cause = headers.get("x-error-code");
  const model = hub.repository;
  if (cause === "RevisionNotFound") {
    return registryError(
      "MODEL_REVISION_NOT_FOUND",
      `${model} has no branch, tag or commit "${hub.revision}" on ${hub.endpoint}`,
      { ...details, model, revision: hub.revision },
    );
  }
  if (cause === "EntryNotFound") {
    return registryError("MODEL_FILE_NOT_FOUND", `${model} has no file at ${details.url}`, {
      ...details,
      model,
    });
  }
  if (status === 401 || status === 403) {
    const page = hubPageUrl(hub.endpoint, model);
    return registryError(
      "MODEL_ACCESS_DENIED",
      `access to ${model} was refused (HTTP ${status}): it is gated or private, the token is wrong, or the name is misspelt. Accept the licence at ${page} and set HF_TOKEN to a token of your account (${hub.endpoint}/settings/tokens)${quoted}`,
      { ...details, model },
    );
  }
  if (status === 404) {
    return registryError(
      "MODEL_NOT_FOUND",
      `${model} (revision "${hub.revision}") does not exist on ${hub.endpoint}, or it is private and HF_TOKEN is not set${quoted}`,
      { ...details, model, revision: hub.revision },
    );
  }
  return registryError("DOWNLOAD_REFUSED", `${details.url} answered with HTTP ${status}${quoted}`, details);
}

function urlError(status: number, quoted: string, details: { readonly url: string }): SunstepError {
  if (status === 404 || status === 410) {
    return registryError("MODEL_NOT_FOUND", `${details.url} does not exist (HTTP ${status})`, details);
  }
  if (status === 401 || status === 403) {
    return registryError(
      "MODEL_ACCESS_DENIED",
      `${details.url} refused access (HTTP ${status}): the file needs a login, or the link has expired${quoted}`,
      details,
    );
  }
  return registryError("DOWNLOAD_REFUSED", `${details.url} answered with HTTP ${status}${quoted}`, details);
}
