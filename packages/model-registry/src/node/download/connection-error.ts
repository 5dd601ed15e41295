import type { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { printableUrl } from "../../hub-url.js";
import { TransientError } from "./retries.js";

const untrusted =
  "the certificate of the server is signed by an authority that Node does not know, as where a company's proxy or a virus scanner opens TLS connections. Set NODE_EXTRA_CA_CERTS to a file with that authority's certificate";
const clock = "the certificate of the server is not valid today. Check this machine's clock";

/** Causes that a retry cannot cure, by the error codes of Node's TLS. */
const permanent: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: clock,
  CERT_NOT_YET_VALID: clock,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the certificate belongs to another host: a login page of the network may stand in the way. Open a web page in a browser first",
  ERR_SSL_WRONG_VERSION_NUMBER:
    "the other side does not speak TLS. Check the addresses in HF_ENDPOINT and HTTPS_PROXY: a proxy's own begins with http:// as a rule",
};

/**
 * Returns the error of a connection that failed: a typed one for causes that stay, with a remedy; else a
 * `TransientError`.
 */
export function connectionError(error: unknown, url: string): TransientError | SunstepError {
  if (error instanceof TransientError) return error;
  const causes = causesOf(error);
  const reason =
    causes.map(({ code = "" }) => permanent[code]).find((text) => text !== undefined) ??
    causes.map(({ message }) => proxyRefusal(message)).find((text) => text !== undefined);
  if (reason !== undefined) {
    const printable = printableUrl(url);
    return registryError("DOWNLOAD_FAILED", `${printable}: ${reason}`, { url: printable, cause: error });
  }
  const [first, ...others] = causes.map(({ message }) => message);
  const inner = others.filter((message) => message !== "").join("; ");
  return new TransientError(inner ? `${first} (${inner})` : (first ?? String(error)), null, { cause: error });
}

/** Recognizes undici's message for a proxy that rejects CONNECT. */
function proxyRefusal(message: string): string | undefined {
  const status = /Proxy response \((\d+)\)/.exec(message)?.[1];
  if (status === undefined) return undefined;
  if (status === "407") return proxyLogin;
  return Number(status) < 500 ? `the proxy refused the connection (HTTP ${status})` : undefined;
}

export const proxyLogin =
  "the proxy asks for a user name and a password (HTTP 407). Set HTTPS_PROXY to http://user:password@host:port";

interface Cause {
  readonly message: string;
  readonly code?: string;
}

/** Returns the error and the errors that it wraps: `fetch failed` carries one reason as its cause, or several. */
function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as NodeJS.ErrnoException;
  const wrapped = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  return [{ message: error.message, ...(code && { code }) }, ...wrapped.flatMap(causesOf)];
}
