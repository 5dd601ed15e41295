// HTTP requests as this package needs them. Redirects are followed here, so that the token goes to the hub only and a
// redirect never leaves https. A request that fails for a passing reason is repeated; a connection that stalls is cut.

import { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { errorMessage, httpError, type RequestSubject } from "../../http-error.js";
import { isLoopback, printableUrl } from "../../hub-url.js";
import { isTransientStatus } from "../../retry.js";
import { connectionError, proxyLogin } from "./connection-error.js";
import { type RetryOptions, TransientError, withRetries } from "./retries.js";

export interface TransportOptions extends RetryOptions {
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly timeout: number;
  /** Sent as a bearer token to `origin`, and nowhere else. */
  readonly token?: { readonly value: string; readonly origin: string } | undefined;
}

export interface OpenedResponse {
  readonly status: number;
  /** Headers of the last response. */
  readonly headers: Headers;
  /** Headers of the first response: the hub's, if it redirects to a store. */
  readonly firstHeaders: Headers;
  /** The body's chunks. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the body. */
  cancel(): void;
}

export interface Transport {
  readonly options: TransportOptions;
  /** Resolves with status 200, 206, 304 or 416; throws a typed error for any other, after retries where they may help. */
  open(subject: RequestSubject, headers?: Record<string, string>): Promise<OpenedResponse>;
}

const webPage =
  "The network may have a login page (open a web page in a browser first), a proxy may refuse the address, or the link may need a login";

const mostRedirects = 10;
const answers = new Set([200, 206, 304, 416]);

/** Longest wait for an answer in milliseconds, if the cache can answer as well. */
const impatience = 10_000;

/** Returns a transport that gives up at the first failure, for questions that the cache can answer as well. */
export function impatient({ options }: Transport): Transport {
  const { retry, timeout } = options;
  return createTransport({
    ...options,
    retry: { ...retry, retries: 0 },
    timeout: Math.min(timeout, impatience),
  });
}

export function createTransport(options: TransportOptions): Transport {
  return {
    options,
    open: (subject, headers = {}) =>
      withRetries(options, subject.url, () => openOnce(options, subject, headers)),
  };
}

async function openOnce(
  options: TransportOptions,
  subject: RequestSubject,
  headers: Record<string, string>,
): Promise<OpenedResponse> {
  const watch = watchConnection(options);
  try {
    const { response, firstHeaders } = await followRedirects(options, subject.url, headers, watch.signal);
    if (isTransientStatus(response.status)) {
      const said = errorMessage(response.headers);
      const message = `HTTP ${response.status}${said && `, ${JSON.stringify(said)}`}`;
      throw new TransientError(message, response.headers.get("retry-after"));
    }
    if (response.status === 407) {
      const url = printableUrl(subject.url);
      throw registryError("DOWNLOAD_FAILED", `${url}: ${proxyLogin}`, { url });
    }
    if (response.status === 200 && response.headers.get("content-type")?.startsWith("text/html")) {
      const url = printableUrl(subject.url);
      throw registryError("DOWNLOAD_FAILED", `${url} sent a web page in place of a file. ${webPage}`, {
        url,
      });
    }
    if (!answers.has(response.status))
      throw httpError(response.status, errorHeaders(response, firstHeaders), subject);
    return {
      status: response.status,
      headers: response.headers,
      firstHeaders,
      body: readBody(response, watch, subject.url),
      cancel: () => watch.stop(),
    };
  } catch (error) {
    watch.stop();
    throw SunstepError.isInstance(error) ? error : connectionError(error, subject.url);
  }
}

/** The hub names its cause in x-error-code; a store behind it does not. */
const errorHeaders = (response: Response, first: Headers) =>
  response.headers.has("x-error-code") ? response.headers : first;

async function followRedirects(
  options: TransportOptions,
  start: string,
  headers: Record<string, string>,
  signal: AbortSignal,
) {
  const first = new URL(start);
  let url = first;
  let firstHeaders: Headers | undefined;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const { token } = options;
    const response = await options.fetch(url, {
      redirect: "manual",
      signal,
      headers: {
        // Otherwise a server may compress the response, and sizes and ranges would differ from the file's.
        "accept-encoding": "identity",
        ...headers,
        ...(token !== undefined && url.origin === token.origin
          ? { authorization: `Bearer ${token.value}` }
          : {}),
      },
    });
    firstHeaders ??= response.headers;
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === null) {
      return { response, firstHeaders };
    }
    await response.body?.cancel();
    url = redirectTarget(location, url, first);
  }
  throw registryError(
    "DOWNLOAD_REDIRECT_REFUSED",
    `${printableUrl(first)} redirects more than ${mostRedirects} times`,
    {
      url: printableUrl(first),
    },
  );
}

/** Checks a redirect: https may lead to any https address; http (this machine or a chosen mirror) only to the same host. */
function redirectTarget(location: string, from: URL, first: URL): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed =
    target !== undefined &&
    target.username === "" &&
    (target.protocol === "https:" ||
      (target.protocol === "http:" &&
        first.protocol === "http:" &&
        (target.origin === first.origin || (isLoopback(first) && isLoopback(target)))));
  if (allowed) return target;
  throw registryError(
    "DOWNLOAD_REDIRECT_REFUSED",
    `${printableUrl(from)} redirects to ${target === undefined ? "a malformed address" : `${target.protocol}//${target.host}`}, which is not https`,
    { url: printableUrl(from) },
  );
}

interface ConnectionWatch {
  readonly signal: AbortSignal;
  /** Stops the clock while the reader is busy. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Aborts with the caller, or if no byte arrives within the timeout. */
function watchConnection({ signal, timeout }: TransportOptions): ConnectionWatch {
  const controller = new AbortController();
  const onTimeout = () => controller.abort(new TransientError(`nothing was received for ${timeout} ms`));
  const onAbort = () => controller.abort(signal?.reason);
  let timer = setTimeout(onTimeout, timeout);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    pause: () => clearTimeout(timer),
    resume() {
      clearTimeout(timer);
      timer = setTimeout(onTimeout, timeout);
    },
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      controller.abort();
    },
  };
}

async function* readBody(
  response: Response,
  watch: ConnectionWatch,
  url: string,
): AsyncGenerator<Uint8Array> {
  try {
    const reader = response.body?.getReader();
    for (;;) {
      const chunk = await reader?.read();
      if (chunk?.value === undefined) return;
      watch.pause();
      yield chunk.value;
      watch.resume();
    }
  } catch (error) {
    throw connectionError(error, url);
  } finally {
    watch.stop();
  }
}
