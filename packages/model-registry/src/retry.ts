/** Number and delay of retries after a cut connection, 408, 429 or 5xx. */
export interface RetryPolicy {
  /** Retries in a row that may bring no bytes. */
  readonly retries: number;
  /** Milliseconds before the first retry; doubled each time, up to 30 s. */
  readonly delay: number;
}

const longestDelay = 30_000;
const longestRetryAfter = 300_000;

export const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 429 || status >= 500;

/** Returns the milliseconds before retry `attempt` (from 0). A server's Retry-After is obeyed up to five minutes. */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  retryAfter: string | null,
  now: number,
): number {
  const asked = retryAfterMilliseconds(retryAfter, now);
  if (asked !== undefined) return Math.min(asked, longestRetryAfter);
  return Math.min(policy.delay * 2 ** attempt, longestDelay);
}

/** Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMilliseconds(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Resolves after `milliseconds`; rejects with the signal's reason when it is aborted first. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
