/** Runs one request at a time, and the latest request next. */
export interface LatestRun<Request> {
  /**
   * Runs `request` as soon as the current run has ended, unless a newer request replaces it. Cancels the current run,
   * except for one that holds.
   */
  submit(request: Request): void;
  /** Cancels the current run, also one that holds, and drops the pending request. */
  cancel(): void;
}

/** A run's view of the requests after it. */
export interface RunControl {
  readonly signal: AbortSignal;
  /** Makes newer requests wait for this run instead of cancelling it. */
  hold(): void;
  /** Ends `hold`: a newer request cancels this run, and one that already waits does so at once. */
  release(): void;
}

/** `run` must end soon after its signal is aborted, and handles its own errors. */
export function latestRun<Request>(
  run: (request: Request, control: RunControl) => Promise<void>,
): LatestRun<Request> {
  let current: { readonly abort: AbortController; holds: boolean } | undefined;
  let next: { readonly request: Request } | undefined;

  async function work(): Promise<void> {
    while (next) {
      const { request } = next;
      next = undefined;
      const running = { abort: new AbortController(), holds: false };
      current = running;
      const control: RunControl = {
        signal: running.abort.signal,
        hold() {
          running.holds = true;
        },
        release() {
          running.holds = false;
          if (next) running.abort.abort();
        },
      };
      await run(request, control).catch(() => undefined);
    }
    current = undefined;
  }

  return {
    submit(request) {
      next = { request };
      if (!current) void work();
      else if (!current.holds) current.abort.abort();
    },
    cancel() {
      next = undefined;
      current?.abort.abort();
    },
  };
}
