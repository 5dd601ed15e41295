// Checks that a response continues a partial file: same position, version and size.

import type { SunstepErrorLike } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import type { RequestSubject } from "../../http-error.js";
import { printableUrl } from "../../hub-url.js";
import type { OpenedResponse } from "./transport.js";

/** The partial file is not the beginning of the file: the download restarts, and after a few times fails with `error`. */
export class NotTheBeginning extends Error {
  constructor(readonly error: SunstepErrorLike) {
    super(error.message);
  }
}

/** The server's version of the file differs from `validator`. */
export class ChangedOnServer extends Error {}

export function rangeHeaders(position: number, validator: string | undefined): Record<string, string> {
  if (position === 0) return {};
  return { range: `bytes=${position}-`, ...(validator === undefined ? {} : { "if-range": validator }) };
}

/** Tells whether the body continues at `position` (206). A 200 restarts at zero; a 416 means that nothing lies there. */
export function continues(response: OpenedResponse, position: number, subject: RequestSubject): boolean {
  if (response.status === 200) return position === 0;
  if (response.status === 206) {
    const begins = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (Number(begins) === position) return true;
  }
  response.cancel();
  const url = printableUrl(subject.url);
  const error = registryError("DOWNLOAD_CORRUPT", `${url} answered with another part than requested`, {
    url,
    status: response.status,
  });
  throw position > 0 ? new NotTheBeginning(error) : error;
}

export function requireSameVersion(response: OpenedResponse, validator: string | undefined): void {
  const found = validatorOf(response.headers);
  if (validator === undefined || found === undefined || found === validator) return;
  response.cancel();
  throw new ChangedOnServer();
}

/** Returns the validator for If-Range: a strong ETag, else the date (RFC 9110, section 13.1.5). */
export function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  return etag !== null && !etag.startsWith("W/") ? etag : (headers.get("last-modified") ?? undefined);
}

export function checkDeclaredSize(
  response: OpenedResponse,
  position: number,
  size: number | undefined,
  { url }: RequestSubject,
): void {
  const length = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  const linked = response.firstHeaders.get("x-linked-size");
  const declared = linked !== null ? Number(linked) : length === null ? undefined : position + Number(length);
  if (size === undefined || declared === undefined || declared === size) return;
  response.cancel();
  const error = registryError(
    "DOWNLOAD_CORRUPT",
    `${printableUrl(url)} would be ${declared} bytes long, but ${size} were declared`,
    { url: printableUrl(url), declared, size },
  );
  throw position > 0 ? new NotTheBeginning(error) : error;
}
