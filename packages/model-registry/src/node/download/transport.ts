// HTTP requests as this package needs them: redirects are followed here, so that the token goes to the hub only and
// https is not left; a request that fails for a passing reason is repeated; a connection that stalls is cut.

import { SunstepError } from "@sunstep/errors";
import { registryError } from "../../errors.js";
import { httpError, type RequestSubject } from "../../http-error.js";
import { isLoopback, printableUrl } from "../../hub-url.js";
import { isTransientStatus, type RetryPolicy, retryDelay, wait } from "../../retry.js";

export interface TransportOptions {
  readonly fetch: typeof fetch;
  readonly retry: RetryPolicy;
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Sent as a bearer token to `origin`, and to nobody else. */
  readonly token?: { readonly value: string; readonly origin: string } | undefined;
}

export interface OpenedResponse {
  readonly status: number;
  /** Of the last response. */
  readonly headers: Headers;
  /** Of the first response: the hub's, where it redirects to a store. */
  readonly firstHeaders: Headers;
  /** The body's chunks. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the body. */
  cancel(): void;
}

export interface Transport {
  readonly options: TransportOptions;
  /** Status 200, 206, 304 or 416; everything else is thrown as a typed error, after retries where they may help. */
  open(subject: RequestSubject, headers?: Record<string, string>): Promise<OpenedResponse>;
}

/** A failure that may be gone at the next try. */
export class TransientError extends Error {
  constructor(
    message: string,
    readonly retryAfter: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const mostRedirects = 10;
const answers = new Set([200, 206, 304, 416]);

export function createTransport(options: TransportOptions): Transport {
  return {
    options,
    open: (subject, headers = {}) =>
      withRetries(options, subject.url, () => openOnce(options, subject, headers)),
  };
}

/**
 * Repeats `attempt` while it throws `TransientError`. `progressed` says whether the last attempt brought something:
 * then counting starts again.
 */
export async function withRetries<T>(
  { retry, signal }: TransportOptions,
  url: string,
  attempt: () => Promise<T>,
  progressed: () => boolean = () => false,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransientError)) throw error;
      if (progressed()) failures = 0;
      if (failures >= retry.retries) {
        throw registryError(
          "DOWNLOAD_FAILED",
          `${printableUrl(url)}: ${error.message}; gave up after ${failures + 1} tries. Check the connection and run again: what was received is kept`,
          { cause: error, url: printableUrl(url) },
        );
      }
      await wait(retryDelay(retry, failures, error.retryAfter, Date.now()), signal);
    }
  }
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
      throw new TransientError(`HTTP ${response.status}`, response.headers.get("retry-after"));
    }
    if (!answers.has(response.status))
      throw httpError(response.status, errorHeaders(response, firstHeaders), subject);
    return {
      status: response.status,
      headers: response.headers,
      firstHeaders,
      body: readBody(response, watch),
      cancel: () => watch.stop(),
    };
  } catch (error) {
    watch.stop();
    throw SunstepError.isInstance(error) ? error : asTransient(error);
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
        // Without this a server may compress on the way, and sizes and ranges would no longer be those of the file.
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

/** https may lead anywhere on https; http, allowed to start with on this machine or a chosen mirror, only stays there. */
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
  /** While the reader is busy, no byte is awaited. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Aborts when the caller does, or when a byte has been awaited for longer than the timeout. */
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

async function* readBody(response: Response, watch: ConnectionWatch): AsyncGenerator<Uint8Array> {
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
    throw asTransient(error);
  } finally {
    watch.stop();
  }
}

function asTransient(error: unknown): TransientError {
  if (error instanceof TransientError) return error;
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  return new TransientError(cause instanceof Error ? `${message} (${cause.message})` : message, null, {
    cause: error,
  });
}
