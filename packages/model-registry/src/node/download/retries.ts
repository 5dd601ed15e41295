import { registryError } from "../../errors.js";
import { printableUrl } from "../../hub-url.js";
import { type RetryPolicy, retryDelay, wait } from "../../retry.js";

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

export interface RetryOptions {
  readonly retry: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Repeats `attempt` while it throws `TransientError`. `progressed` says whether the last attempt brought bytes: then
 * counting starts again.
 * @throws DOWNLOAD_FAILED
 */
export async function withRetries<T>(
  { retry, signal }: RetryOptions,
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
          `${printableUrl(url)}: ${error.message}; gave up after ${failures + 1} tries. Check the connection and run again: the bytes received so far are kept`,
          { cause: error, url: printableUrl(url) },
        );
      }
      await wait(retryDelay(retry, failures, error.retryAfter, Date.now()), signal);
    }
  }
}
